/** What the system would say soon, said while there are some left: running out harms everybody. */
export const noDescriptors = (): Error =>
  Object.assign(
    new Error('too few files may be open for so many Services: raise the limit (ulimit -n, LimitNOFILE=)'),
    {
      code: 'EMFILE',
    },
  )
