/** Where on its way a client is looked at. */
export type Stage =
  'service' | 'route' | 'rule' | 'listener' | 'choice' | 'reach' | 'dial' | 'portal' | 'whole'

/** What one look found. */
export type Finding =
  | { readonly stage: Stage; readonly state: 'well' | 'note'; readonly text: string }
  | {
      readonly stage: Stage
      readonly state: 'problem'
      readonly text: string
      /** What to do about it. */
      readonly fix: string
    }

export const well = (stage: Stage, text: string): Finding => ({ stage, state: 'well', text })

/** What is worth knowing, and no problem. */
export const note = (stage: Stage, text: string): Finding => ({ stage, state: 'note', text })

export const problem = (stage: Stage, text: string, fix: string): Finding => ({
  ...{ stage, state: 'problem', text, fix },
})
