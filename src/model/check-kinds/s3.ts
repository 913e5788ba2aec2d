import { z } from 'zod'
import { defineKind } from './define-kind.ts'

/** Storage that speaks S3: Amazon's, MinIO, Ceph, R2, B2 and others. */
export const s3 = defineKind(['status', 'header', 'body', 'json', 'latency', 'certificate'], {
  /** The endpoint, the bucket and, where an object is asked for, its key. */
  s3: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://s3.example.com/bucket/key' })
    .regex(/^https?:\/\/[^/]+\/[^/?#]/i, 'expected the bucket after the host: https://s3.example.com/bucket'),
  /** Guessed from the host where it is left out: of Amazon's, R2's and B2's, else `us-east-1`. */
  region: z.string().min(1).optional(),
  access_key: z.string().min(1),
  secret_key: z.string().min(1),
  /** Of credentials that last for a while only. */
  session_token: z.string().min(1).optional(),
})
