import t from 'tap'
import type { Host, Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { groupsOf, homeOf } from '../../lib/host/users.js'

/** A machine whose programs print this, by their command lines. */
const machineWith = (passwd: string | undefined, answers: Readonly<Record<string, string>>): Host => ({
  ...machine,
  readFile: () => Promise.resolve(passwd),
  run: (program, args): Promise<Output> => {
    const stdout = answers[[program, ...args].join(' ')]
    return stdout === undefined
      ? Promise.reject(new Error(`no program ${program}`))
      : Promise.resolve({ code: 0, stdout, stderr: '' })
  },
})

const passwd = 'root:x:0:0::/root:/bin/sh\nada:x:1000:1000:Ada:/home/ada:/bin/bash\n'

t.test('a home is found in the file of users, in LDAP through getent, and on macOS with dscl', async t => {
  t.equal(await homeOf(machineWith(passwd, {}), 'ada'), '/home/ada')
  const getent = { 'getent passwd eve': 'eve:*:70001:70000:Eve:/net/eve:/bin/zsh\n' }
  t.equal(await homeOf(machineWith(passwd, getent), 'eve'), '/net/eve')
  const dscl = { 'dscl . -read /Users/bob NFSHomeDirectory': 'NFSHomeDirectory: /Users/bob b\n' }
  t.equal(await homeOf(machineWith(undefined, dscl), 'bob'), '/Users/bob b')
})

t.test(
  'a user whom nobody knows has no home and no groups, and what is no name is not asked for',
  async t => {
    t.equal(await homeOf(machineWith(passwd, {}), 'eve'), undefined)
    t.strictSame(await groupsOf(machineWith(passwd, {}), 'eve'), [])
    for (const name of ['-x', '', 'a/b', 'a:b'])
      t.equal(
        await homeOf(machineWith(passwd, { [`getent passwd ${name}`]: 'a:b:c:d:e:/f:g' }), name),
        undefined,
      )
  },
)

t.test('the groups of a user are all of them', async t => {
  t.strictSame(await groupsOf(machineWith(passwd, { 'id -G ada': '1000 27 998\n' }), 'ada'), [1000, 27, 998])
})
