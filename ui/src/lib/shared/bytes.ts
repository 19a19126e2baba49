/** The size of a file in the words of a locale. */
import { numberFormat } from './intl';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Returns the size in its largest unit; one decimal only below ten. */
export function bytesLabel(size: number, locale: string): string {
  let step = 0;
  let left = size;
  while (left >= 1000 && step < UNITS.length - 1) {
    left /= 1000;
    step++;
  }
  return numberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: left < 10 && step > 0 ? 1 : 0,
  }).format(left);
}

/** Returns a duration as people write it on players: `0:07`, `12:30`, `1:02:03`. */
export function playTime(milliseconds: number): string {
  const all = Math.max(0, Math.round(milliseconds / 1000));
  const seconds = String(all % 60).padStart(2, '0');
  const minutes = Math.floor(all / 60) % 60;
  const hours = Math.floor(all / 3600);
  if (hours === 0) return `${minutes}:${seconds}`;
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** The browser's own reader works outside this thread; a loop over bytes would hold it up. */
export function base64From(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = typeof reader.result === 'string' ? reader.result : '';
      resolve(url.slice(url.indexOf(',') + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read'));
    reader.readAsDataURL(piece);
  });
}
