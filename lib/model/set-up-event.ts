/** How it was decided to go to work. Each is told once. */
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
