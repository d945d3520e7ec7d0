import { ReparteeComments } from './element.ts'

// Two versions of the widget may be on one page. The first one is used.
if (!customElements.get('repartee-comments')) customElements.define('repartee-comments', ReparteeComments)
