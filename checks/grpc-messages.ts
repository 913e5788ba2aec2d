/**
 * The two messages of grpc.health.v1 and gRPC's frame around them, one byte for compression and four for the length.
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */

/** `HealthCheckRequest { string service = 1 }`, framed. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service)
  const message =
    name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...varint(name.length)]), name])
  const frame = Buffer.alloc(FRAME_BYTES)
  frame.writeUInt32BE(message.length, 1)
  return Buffer.concat([frame, message])
}

export type HealthStatus = (typeof healthStatuses)[number]

/** The status in a framed `HealthCheckResponse { ServingStatus status = 1 }`; `undefined` for anything else. */
export function healthStatus(framed: Buffer): HealthStatus | undefined {
  if (framed.length < FRAME_BYTES || framed[0] !== 0) return undefined
  const message = framed.subarray(FRAME_BYTES)
  if (message.length !== framed.readUInt32BE(1)) return undefined
  // In proto3 a field of value 0 is left out.
  if (message.length === 0) return 'UNKNOWN'
  const [tag, value] = message
  return message.length === 2 && tag === 0x08 ? healthStatuses[value ?? -1] : undefined
}

/** gRPC's word for a status code: `UNAVAILABLE` for 14. */
export function statusWord(code: number): string {
  return statusWords[code] ?? 'no status'
}

const FRAME_BYTES = 5
const healthStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const

// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
const statusWords = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

function varint(number: number): number[] {
  return number < 0x80 ? [number] : [(number & 0x7f) | 0x80, ...varint(number >> 7)]
}
