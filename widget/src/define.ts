import { ReparteeComments } from './element.ts'

// Two versions of the widget on one page must not fail: the first one stays.
if (!customElements.get('repartee-comments')) customElements.define('repartee-comments', ReparteeComments)
