import { defineKind, hostAndPort } from './define-kind.ts'

export const tcp = defineKind(['latency'], { tcp: hostAndPort() })
