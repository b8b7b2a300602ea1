import { carriesForRoot } from './for-root.js'
import { onLaptop } from './stage.js'

await onLaptop(import.meta.url, () => carriesForRoot('redirect'))
