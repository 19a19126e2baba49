/** Things that stay when the component goes that asked for them first. */

/**
 * Makes something whose derived values live as long as it does.
 *
 * Those that are made while a component is set up end with it, and say for ever what they said last.
 */
export function outliving<T>(make: () => T): T {
  let made!: T;
  $effect.root(() => {
    made = make();
  });
  return made;
}
