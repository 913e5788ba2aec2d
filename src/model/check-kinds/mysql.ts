import { z } from 'zod'
import { defineKind } from './define-kind.ts'
import { loginAddress } from './login-address.ts'

/** MySQL and MariaDB, which speak the same protocol. */
export const mysql = defineKind(['value', 'rows', 'latency', 'certificate'], {
  mysql: loginAddress(['mysql', 'mariadb'], 'mysql://user:${PASSWORD}@db.example.com:3306/shop'),
  /** Where it is not in the address; taken as it is, whatever characters it has. */
  password: z.string().optional(),
  /** One statement that reads. */
  query: z.string().min(1).default('select 1'),
})
