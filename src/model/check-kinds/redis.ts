import { z } from 'zod'
import { defineKind } from './define-kind.ts'
import { loginAddress } from './login-address.ts'

/** Redis and what speaks its protocol: Valkey, KeyDB, Dragonfly. */
export const redis = defineKind(['answer', 'value', 'latency', 'certificate'], {
  redis: loginAddress(
    ['redis', 'rediss', 'valkey', 'valkeys'],
    'redis://user:${PASSWORD}@cache.example.com:6379, or rediss:// for TLS',
  ),
  /** Where it is not in the address; taken as it is, whatever characters it has. */
  password: z.string().optional(),
  /** The command, word by word; one that only reads, for Redis knows no session that cannot write. */
  command: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .min(1)
    .refine(reads, `expected a command that only reads: one of ${[...readingCommands()].join(', ')}`)
    .default(['PING']),
})

function reads([first = '', second = '']: readonly string[]): boolean {
  const commands = readingCommands()
  return commands.has(first.toUpperCase()) || commands.has(`${first} ${second}`.toUpperCase())
}

function readingCommands(): Set<string> {
  return new Set(
    [
      'PING, ECHO, TIME, INFO, ROLE, DBSIZE, LASTSAVE, CLUSTER INFO, SENTINEL CKQUORUM, MEMORY USAGE',
      'EXISTS, TYPE, TTL, PTTL, EXPIRETIME, PEXPIRETIME, GET, MGET, STRLEN, GETRANGE, GETBIT, BITCOUNT',
      'HGET, HMGET, HEXISTS, HLEN, HSTRLEN, LLEN, LINDEX, LRANGE, LPOS, SCARD, SISMEMBER, SMISMEMBER',
      'ZCARD, ZCOUNT, ZSCORE, ZRANK, ZREVRANK, ZRANGE, XLEN',
    ].flatMap((line) => line.split(', ')),
  )
}
