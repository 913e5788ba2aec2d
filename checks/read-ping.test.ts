import { outdent } from 'outdent'
import { describe, expect, it } from 'vitest'
import { readPing } from './read-ping.ts'

// Of iputils 20221126 and BusyBox 1.35 on Linux 6, recorded. Those of macOS are as people have posted them.
const summaries = {
  'iputils, all replies': [
    outdent`
      PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.

      --- 127.0.0.1 ping statistics ---
      3 packets transmitted, 3 received, 0% packet loss, time 2054ms
      rtt min/avg/max/mdev = 0.032/0.036/0.041/0.003 ms`,
    { sent: 3, received: 3, averageMs: 0.036 },
  ],
  'iputils, IPv6': [
    outdent`
      PING ::1(::1) 56 data bytes

      --- ::1 ping statistics ---
      2 packets transmitted, 2 received, 0% packet loss, time 1021ms
      rtt min/avg/max/mdev = 0.039/0.111/0.183/0.072 ms`,
    { sent: 2, received: 2, averageMs: 0.111 },
  ],
  'iputils, some replies, in a pipe': [
    outdent`
      PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.

      --- 192.0.2.1 ping statistics ---
      3 packets transmitted, 2 received, 33.3333% packet loss, time 2030ms
      rtt min/avg/max/mdev = 140.234/152.352/160.470/8.118 ms, pipe 2`,
    { sent: 3, received: 2, averageMs: 152.352 },
  ],
  'iputils, duplicates': [
    outdent`
      --- 192.0.2.255 ping statistics ---
      2 packets transmitted, 2 received, +3 duplicates, 0% packet loss, time 1001ms
      rtt min/avg/max/mdev = 0.039/0.111/0.183/0.072 ms`,
    { sent: 2, received: 2, averageMs: 0.111 },
  ],
  'iputils, no reply': [
    outdent`
      PING 240.0.0.1 (240.0.0.1) 56(84) bytes of data.

      --- 240.0.0.1 ping statistics ---
      2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1008ms
      `,
    { sent: 2, received: 0 },
  ],
  'BusyBox, all replies': [
    outdent`
      PING 127.0.0.1 (127.0.0.1): 56 data bytes

      --- 127.0.0.1 ping statistics ---
      2 packets transmitted, 2 packets received, 0% packet loss
      round-trip min/avg/max = 0.037/0.044/0.052 ms`,
    { sent: 2, received: 2, averageMs: 0.044 },
  ],
  'BusyBox, no reply': [
    outdent`
      PING 2001:db8::1 (2001:db8::1): 56 data bytes

      --- 2001:db8::1 ping statistics ---
      2 packets transmitted, 0 packets received, 100% packet loss`,
    { sent: 2, received: 0 },
  ],
  macOS: [
    outdent`
      3 packets transmitted, 3 packets received, 0.0% packet loss
      round-trip min/avg/max/stddev = 24.187/25.471/26.968/1.145 ms`,
    { sent: 3, received: 3, averageMs: 25.471 },
  ],
  'ping6 of macOS': [
    outdent`
      --- ::1 ping6 statistics ---
      3 packets transmitted, 3 packets received, 0.0% packet loss
      round-trip min/avg/max/std-dev = 0.124/0.151/0.173/0.020 ms`,
    { sent: 3, received: 3, averageMs: 0.151 },
  ],
} as const

it.each(Object.entries(summaries))('reads the summary of %s', (_, [stdout, result]) => {
  expect(readPing({ stdout, stderr: '' })).toEqual(result)
})

describe('a ping that this machine cannot send says nothing about the host', () => {
  it.each([
    [
      'iputils without the right',
      'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n',
      'EPERM',
    ],
    ['BusyBox without the right', 'ping: permission denied (are you root?)\n', 'EPERM'],
    ['iputils without a route', 'ping: connect: Network is unreachable\n', 'ENETUNREACH'],
    ['iputils without IPv6', 'ping: connect: Cannot assign requested address\n', 'ENETUNREACH'],
    ['BusyBox without a route', 'ping: sendto: Network is unreachable\n', 'ENETUNREACH'],
    ['macOS without a route', 'ping: sendto: No route to host\n', 'ENETUNREACH'],
    ['something else', "ping: unrecognized option: 'n'\n", 'ping'],
  ])('%s', (_, stderr, code) => {
    expect(readPing({ stdout: '', stderr })).toMatchObject({ code, final: code !== 'ENETUNREACH' })
  })

  it('also when it counted them as sent', () => {
    const [stdout] = summaries['iputils, no reply']
    const stderr = 'ping: sendmsg: Operation not permitted\n'
    expect(readPing({ stdout, stderr })).toMatchObject({ code: 'EPERM' })
  })

  it.each(['ENOENT', 'EACCES'])('the program cannot be started (%s)', (code) => {
    expect(readPing({ stdout: '', stderr: '', code })).toMatchObject({ final: true })
  })
})

it.each([
  ['nothing', ''],
  ['words', 'Antwort von 192.0.2.1: Bytes=32 Zeit=1ms TTL=64'],
  ['no packets at all', '0 packets transmitted, 0 received'],
  ['replies without their times', '3 packets transmitted, 3 received, 0% packet loss'],
  ['times that are no numbers', '1 packets transmitted, 1 received\nrtt min/avg/max/mdev = 1/1.2.3/1/1 ms'],
])('cannot read %s', (_, stdout) => {
  expect(readPing({ stdout, stderr: '' })).toMatchObject({ code: 'ping', final: true })
})
