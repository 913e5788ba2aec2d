import { describe, expect, it } from 'vitest'
import type { Instant } from '../../../src/model/time.ts'
import { makeCheck, sampleOf } from '../checks.ts'
import { up } from './up.ts'

/** Storage with the objects below in its bucket, which takes requests signed for its region at `now`. */
export interface S3AtHand {
  /** `http://127.0.0.1:9000` */
  endpoint: string
  bucket: string
  region: string
  accessKey: string
  secretKey: string
  now: () => Instant
}

export const s3Objects = {
  'latest.json': '{"ok":true,"rows":12}',
  "ä b/c+d (1)!'*.txt": 'a name that has to be encoded',
}

/** What a check sees of any storage that speaks S3, whether it is a real one or stands in for it. */
export function expectS3(at: () => S3AtHand): void {
  const ask = (key: string, written: Record<string, unknown> = {}, late = 0) => {
    const { endpoint, bucket, region, accessKey, secretKey, now } = at()
    const place = key.startsWith('/') ? key : `/${bucket}${key && '/'}${key}`
    const login = { region, access_key: accessKey, secret_key: '${SECRET_KEY}' }
    return sampleOf(makeCheck('s3', { s3: endpoint + place, ...login, ...written }), {
      env: { SECRET_KEY: secretKey },
      now: () => now() - late,
    })
  }
  const spelled = Object.keys(s3Objects)[1]?.split('/').map(encodeURIComponent).join('/') ?? ''

  it.each([
    ['', ['status == 200', 'body contains "latest.json"', 'latency < 1h']],
    ['latest.json', ['json $.ok == true', 'json $.rows > 10', 'header content-length == "21"']],
    [spelled, ['body == "a name that has to be encoded"']],
    ['nothing.json', ['status == 404']],
  ])('is up: "%s" with %j', async (key, expected) => {
    expect(await ask(key, { expect: expected })).toEqual(up)
  })

  it('is degraded when the answer takes longer than it should', async () => {
    expect(await ask('latest.json', { degraded_over: '0ms' })).toMatchObject({ state: 'degraded' })
  })

  describe('what makes it down', () => {
    it.each([
      [
        'latest.json',
        { expect: ['json $.rows > 12'] },
        'json',
        /^json \$\.rows is 12, expected more than 12$/,
      ],
      [
        'nothing.json',
        {},
        'NoSuchKey',
        /^the storage says NoSuchKey: .+; status is 404, expected 200 to 399$/,
      ],
      ['/nowhere', {}, 'NoSuchBucket', /^the storage says NoSuchBucket: .+; status is 404/],
      ['', { secret_key: 'not-the-right-one' }, 'SignatureDoesNotMatch', /; status is 403/],
      ['', { access_key: 'nobody' }, SAYS_NO, /; status is 403/],
      ['', { region: 'mars-north-1' }, 'AuthorizationHeaderMalformed', /; status is 400/],
    ])('"%s" with %j', async (key, written, code, reason) => {
      const sample = await ask(key, written)
      expect(sample).toMatchObject({ state: 'down', code: expect.stringMatching(code) as string })
      expect(sample.reason).toMatch(reason)
      expect(sample.reason).not.toContain(at().secretKey)
    })
  })

  it('is unknown when the clock of the prober is wrong', async () => {
    expect(await ask('', {}, 3_600_000)).toMatchObject({ state: 'unknown', code: 'clock' })
  })
}

/** Amazon names the key that it does not know; others do not tell who guesses keys which one is there. */
const SAYS_NO = /^(?:InvalidAccessKeyId|SignatureDoesNotMatch)$/
