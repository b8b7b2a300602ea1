import { field, textFields } from '../raw.js'

/** As many as anybody has; whoever writes more does not get our memory. */
const most = 100

/** An object's labels, without what the API server would not take for one. */
export const readLabels = (object: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(textFields(field(object, 'metadata', 'labels')))
      .filter(([name, value]) => name.length <= 317 && value.length <= 63)
      .slice(0, most),
  )
