import type { Objects } from '../../../lib/sandbox/objects.js'
import type { Controller } from '../../../lib/sandbox/controllers/controller.js'
import { runControllers } from '../../../lib/sandbox/controllers/run-controllers.js'

/** Lets `controllers` do all they find to do, once, and go. What one of them throws is thrown. */
export const settled = async (objects: Objects, ...controllers: readonly Controller[]): Promise<void> => {
  const troubles: unknown[] = []
  const running = runControllers(objects, controllers, { onTrouble: error => troubles.push(error) })
  await running.idle()
  running.close()
  if (troubles.length > 0) throw troubles[0]
}
