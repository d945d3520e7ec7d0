/** Another connection changed the thread between what a statement read and what it wrote; it changed nothing. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}
