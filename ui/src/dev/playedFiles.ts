/** Files that only play: a picture drawn, a tone hummed, so that faces have something to show. */
import type { MessageKind } from '../lib/api';

/** Returns the address of what stands in for `<message>/full` or `<message>/thumb`. */
export function playedFile(path: string, kindOf: (id: string) => MessageKind): string {
  const [id = '', size = 'full'] = path.split('/');
  const kind = kindOf(id);
  if (kind === 'voice' || kind === 'audio') return hum();
  return picture(id, kind === 'sticker', size);
}

function picture(id: string, isSticker: boolean, size: string): string {
  const hue = Array.from(id).reduce((sum, char) => sum + char.charCodeAt(0) * 7, 0) % 360;
  const scene = isSticker
    ? `<circle cx="256" cy="256" r="220" fill="hsl(45 95% 62%)"/><circle cx="180" cy="210" r="28"/><circle cx="332" cy="210" r="28"/><path d="M150 310q106 110 212 0" fill="none" stroke="#000" stroke-width="26" stroke-linecap="round"/>`
    : `<rect width="1200" height="900" fill="hsl(${hue} 45% 78%)"/><circle cx="950" cy="180" r="90" fill="hsl(${hue + 40} 90% 88%)"/><path d="M0 700l300-320 220 230 180-150 500 440H0z" fill="hsl(${hue} 35% 48%)"/><text x="40" y="860" font-size="48" fill="#fff8">${size}</text>`;
  const box = isSticker ? '0 0 512 512' : '0 0 1200 900';
  const [width, height] = isSticker ? [512, 512] : [1200, 900];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" preserveAspectRatio="xMidYMid slice" width="${width}" height="${height}">${scene}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Three quiet seconds of a tone, as a WAV file. */
function hum(): string {
  const rate = 8000;
  const length = rate * 3;
  const bytes = new Uint8Array(44 + length);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) =>
    Array.from(text).forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
  write(0, 'RIFF');
  view.setUint32(4, 36 + length, true);
  write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  write(36, 'data');
  view.setUint32(40, length, true);
  for (let at = 0; at < length; at++)
    bytes[44 + at] = 128 + Math.round(20 * Math.sin((at / rate) * 2 * Math.PI * 220));
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `data:audio/wav;base64,${btoa(text)}`;
}
