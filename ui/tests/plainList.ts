/** Stands in for the virtual list, which shows nothing where nothing has a height: shows every row. */
export { default as VList } from './PlainList.svelte';
export { default as Virtualizer } from './PlainList.svelte';
