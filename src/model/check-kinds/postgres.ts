import { z } from 'zod'
import { defineKind } from './define-kind.ts'
import { loginAddress } from './login-address.ts'

export const postgres = defineKind(['value', 'rows', 'latency', 'certificate'], {
  postgres: loginAddress(['postgres', 'postgresql'], 'postgres://user:${PASSWORD}@db.example.com:5432/shop'),
  /** Where it is not in the address; taken as it is, whatever characters it has. */
  password: z.string().optional(),
  /** One statement that reads. */
  query: z.string().min(1).default('select 1'),
})
