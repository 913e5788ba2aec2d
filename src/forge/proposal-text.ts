import type { Proposal } from '../model/proposal.ts'

/** The longest title that GitHub takes is 256; the rest is for a prefix and a number. */
const LONGEST_TITLE = 200

/** A text from outside as one line: no control or direction characters, no line ends. `fallback` when nothing is left. */
export function oneLine(text: string, fallback: string): string {
  const plain = text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
  const line = plain.replaceAll(/\s+/g, ' ').trim()
  return Array.from(line).slice(0, LONGEST_TITLE).join('') || fallback
}

/** Says for people's scripts which incident a text is about. */
function incidentMark(proposal: Proposal): string {
  return `<!-- candor:incident=${proposal.incident.id} -->`
}

/** The mark by which an issue that stands in for a branch's pull request is known again. */
export function branchMark(branch: string): string {
  return `<!-- candor:branch=${branch} -->`
}

/** The first text of a pull request. People may write around the marked block. */
export function proposalBody(proposal: Proposal, branch: string, link?: string): string {
  const how =
    link === undefined
      ? 'Merging this puts the incident on the page.'
      : `Pull requests may not be opened by this token. [Open one from the branch](${link}) to put the incident on the page.`
  return [
    `${incidentMark(proposal)}\n${branchMark(branch)}`,
    measuredBlock(proposal.summary),
    `${how} The file is \`${proposal.path}\` on \`${branch}\`: change its words there as you like. Later measurements add to it and replace only the block above.`,
  ].join('\n\n')
}

/** The same text with the marked block replaced. Where people have removed the block, their text stays as it is. */
export function withMeasured(body: string, summary: string): string {
  const start = body.indexOf(START)
  const end = body.indexOf(END, start)
  if (start < 0 || end < 0) return body
  const before = body.slice(start, end + END.length)
  const now = measuredBlock(summary)
  // GitHub's editor stores line ends as CRLF; that alone is no difference.
  if (before.replaceAll('\r\n', '\n') === now) return body
  return body.slice(0, start) + now + body.slice(end + END.length)
}

const START = '<!-- candor:measured -->'
const END = '<!-- /candor:measured -->'

function measuredBlock(summary: string): string {
  return `${START}\n${summary.toWellFormed().replaceAll('\r\n', '\n').replaceAll('<!--', '&lt;!--').trim()}\n${END}`
}
