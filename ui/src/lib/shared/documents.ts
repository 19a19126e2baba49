/** How a document is recognised at a glance. */
import FileArchive from '@lucide/svelte/icons/file-archive';
import FileIcon from '@lucide/svelte/icons/file';
import FileImage from '@lucide/svelte/icons/file-image';
import FileSpreadsheet from '@lucide/svelte/icons/file-spreadsheet';
import FileText from '@lucide/svelte/icons/file-text';
import Presentation from '@lucide/svelte/icons/presentation';

const ICONS: [RegExp, typeof FileIcon][] = [
  [/spreadsheet|excel|csv|\.(xlsx?|ods|csv)$/i, FileSpreadsheet],
  [/presentation|powerpoint|\.(pptx?|odp)$/i, Presentation],
  [/zip|rar|7z|tar|gzip/i, FileArchive],
  [/^image\//i, FileImage],
  [/pdf|word|text|rtf|\.(docx?|odt|md|txt)$/i, FileText],
];

export function documentIcon(mime: string, name: string) {
  return ICONS.find(([kind]) => kind.test(mime) || kind.test(name))?.[1] ?? FileIcon;
}

/** Returns what people call the format: the name's ending, else the MIME type's second half. */
export function extensionOf(name: string, mime: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return (ending ?? mime.split('/')[1]?.split(/[;+]/)[0] ?? '').toUpperCase().slice(0, 12);
}
