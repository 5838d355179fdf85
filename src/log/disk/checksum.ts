import { crc32 } from 'node:zlib';

/**
 * Every line and document of the log ends with the CRC-32 of all its earlier bytes, as the last field of its JSON:
 * `"c":"` eight hex digits `"}` and, on a line, the line feed.
 */
const opening = '"c":"';
const closing = '"}\n';
/** Bytes of a line's checksum field with the closing brace and the line feed. */
export const tailLength = opening.length + 8 + closing.length;

const blankTail = Buffer.from(`${opening}00000000${closing}`);
const digits = Buffer.from('0123456789abcdef');

/** A JSON object's text with its checksum and a line feed. */
export function withChecksum(json: string): string {
  const covered = `${json.slice(0, -1)},`;
  return covered + tailOf(crc32(covered));
}

/** Writes the checksum of the bytes from `start` to `end` after `end`. @returns the offset where the line ends. */
export function sealLine(bytes: Buffer, start: number, end: number): number {
  const crc = crc32(bytes.subarray(start, end));
  bytes.set(blankTail, end);
  // Digit by digit: a string per line would cost more than its checksum.
  for (let place = 0; place < 8; place += 1)
    bytes[end + opening.length + place] = digits[(crc >>> (28 - 4 * place)) & 15] ?? 0;
  return end + tailLength;
}

/** Whether a line, line feed included, ends with the right checksum. */
export function hasChecksum(line: Buffer): boolean {
  const end = line.length - tailLength;
  return end > 0 && line.toString('latin1', end) === tailOf(crc32(line.subarray(0, end)));
}

/** The text of a document if its checksum is right, else null. */
export function checkedText(bytes: Buffer): string | null {
  return hasChecksum(bytes) ? bytes.toString('utf8', 0, bytes.length - 1) : null;
}

function tailOf(crc: number): string {
  return `${opening}${crc.toString(16).padStart(8, '0')}${closing}`;
}
