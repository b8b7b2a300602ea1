/** How it was decided to go to work. */
export type SetUpEvent =
  | {
      /** Which cluster's Services are proxied. */
      readonly type: 'cluster-found'
      /** Absent: there is no kubeconfig with one. */
      readonly context?: string
      /** The API server's URL. */
      readonly server: string
      /** Where that was found, as people say it: `/home/ada/.kube/config of ada, who called sudo`. */
      readonly origin: string
    }
  | {
      readonly type: 'capture-chosen'
      /** As `--capture` has it. */
      readonly capture: string
      /** Absent: that was asked for, or is what is usual. */
      readonly why?: string
    }
  | {
      readonly type: 'reach-chosen'
      /** As `--reach` has it. */
      readonly reach: string
      /** Absent: that was asked for. */
      readonly why?: string
    }
  | {
      /** It is not known how endpoints are to be reached: what was served before still is, and it is tried again. */
      readonly type: 'reach-failed'
      readonly reason: string
      readonly cure?: string
    }
  | {
      /** The API server does not let us forward to pods of the namespace. Said once for as long as the reason stays. */
      readonly type: 'forwarding-forbidden'
      readonly namespace: string
      readonly reason: string
      readonly cure: string
    }
