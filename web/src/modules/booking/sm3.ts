const begin = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

const turn = (x: number, by: number): number => (x << by % 32) | (x >>> (32 - (by % 32)));

const p0 = (x: number): number => x ^ turn(x, 9) ^ turn(x, 17);

const p1 = (x: number): number => x ^ turn(x, 15) ^ turn(x, 23);

/** The digest of some bytes by GB/T 32905-2016 (SM3), in hex. */
export function sm3(text: Uint8Array): string {
  const padded = new Uint8Array(Math.ceil((text.length + 9) / 64) * 64);
  padded.set(text);
  padded[text.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(text.length / 2 ** 29));
  view.setUint32(padded.length - 4, (text.length << 3) >>> 0);
  let state = begin;
  for (let at = 0; at < padded.length; at += 64) state = compressed(state, Array.from({ length: 16 }, (_, i) => view.getUint32(at + 4 * i)));
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** The state behind a block of 16 words. */
function compressed(state: number[], block: number[]): number[] {
  const w = [...block];
  const word = (i: number): number => w[i] ?? 0;
  for (let j = 16; j < 68; j++) w.push(p1(word(j - 16) ^ word(j - 9) ^ turn(word(j - 3), 15)) ^ turn(word(j - 13), 7) ^ word(j - 6));
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let j = 0; j < 64; j++) {
    const early = j < 16;
    const ss1 = turn((turn(a, 12) + e + turn(early ? 0x79cc4519 : 0x7a879d8a, j)) | 0, 7);
    const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ turn(a, 12)) + (word(j) ^ word(j + 4))) | 0;
    const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + word(j)) | 0;
    [a, b, c, d, e, f, g, h] = [tt1, a, turn(b, 9), c, p0(tt2), e, turn(f, 19), g];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => x ^ (state[i] ?? 0));
}
