import type { Author, Comment, Role } from '@repartee/sdk/protocol'
import type { CommentNode, OutboxEntry } from '../src/contract.ts'

/** The gallery's clock stands still, so that two pictures of it are the same. */
export const NOW = Date.UTC(2026, 5, 15, 12)
const MINUTE = 60_000

export type Content = 'en' | 'vi' | 'ar'

/** Ids as the service makes them; `n` decides them. */
export const idOf = (n: number): string => {
  const tail = ((n * 40_503_737_111) % 0x1_0000_0000_0000).toString(16).padStart(12, '0').slice(-12)
  return `01975f00-0000-7000-8000-${tail}`
}

const author = (n: number, name: string, role?: Role): Author => ({ id: idOf(1_000 + n), name, ...(role && { role }) })

const authors: Record<Content, readonly Author[]> = {
  en: [
    author(1, 'Ana'),
    author(2, 'Tomasz', 'moderator'),
    author(3, 'Mei Ling'),
    author(4, 'Okafor'),
    author(5, 'Ravi', 'owner'),
  ],
  vi: [
    author(1, 'Nguyễn Thị Ánh'),
    author(2, 'Minh', 'moderator'),
    author(3, 'Hương Giang'),
    author(4, 'Quốc'),
    author(5, 'Tuấn', 'owner'),
  ],
  ar: [
    author(1, 'ليلى'),
    author(2, 'سامر', 'moderator'),
    author(3, 'نور الهدى'),
    author(4, 'Okafor'),
    author(5, 'يوسف', 'owner'),
  ],
}

/** Bodies as the service renders them. */
const bodies: Record<Content, readonly string[]> = {
  en: [
    '<p>I switched to a warm bulb after reading this and the difference in the evening is remarkable. Does anyone know whether the effect holds for e-ink screens?</p>',
    '<p>It does, mostly. What matters is the <em>direction</em> of the light as much as its colour.</p>',
    '<p>Thank you, that is exactly what I was looking for.</p>',
    '<blockquote><p>the difference in the evening is remarkable</p></blockquote><p>Same here. I also found <a href="https://example.org" rel="ugc nofollow noopener">this comparison</a> helpful, with three caveats:</p><ul><li>it measures <strong>only</strong> desk lamps,</li><li>the sample is small,</li><li>and <code>lux</code> is used where <code>lumen</code> is meant.</li></ul>',
    '<p>Good catch. I have corrected the unit in the article.</p>',
  ],
  vi: [
    '<p>Đọc xong bài này mình đổi sang bóng đèn vàng và buổi tối dễ chịu hơn hẳn. Không biết màn hình e-ink có được như vậy không nhỉ?</p>',
    '<p>Cũng gần như vậy. Hướng ánh sáng <em>quan trọng</em> không kém màu của nó.</p>',
    '<p>Cảm ơn bạn, đúng thứ mình đang tìm.</p>',
    '<blockquote><p>buổi tối dễ chịu hơn hẳn</p></blockquote><p>Mình cũng thấy thế. Có <a href="https://example.org" rel="ugc nofollow noopener">bài so sánh này</a> khá hay, nhưng có ba điểm cần lưu ý:</p><ul><li><strong>chỉ</strong> đo đèn bàn,</li><li>mẫu còn nhỏ,</li><li>và dùng <code>lux</code> ở chỗ lẽ ra là <code>lumen</code>.</li></ul>',
    '<p>Bạn tinh thật. Mình đã sửa đơn vị trong bài.</p>',
  ],
  ar: [
    '<p>بدّلت المصباح بعد قراءة هذا المقال وكان الفرق في المساء واضحًا. هل ينطبق ذلك على شاشات الحبر الإلكتروني؟</p>',
    '<p>نعم في الغالب. اتجاه الضوء <em>مهم</em> بقدر لونه.</p>',
    '<p>شكرًا جزيلًا، هذا ما كنت أبحث عنه.</p>',
    '<blockquote><p>كان الفرق في المساء واضحًا</p></blockquote><p>وأنا كذلك. وجدت <a href="https://example.org" rel="ugc nofollow noopener">هذه المقارنة</a> مفيدة:</p><ul><li>تقيس مصابيح المكتب <strong>فقط</strong>،</li><li>والعينة صغيرة.</li></ul>',
    '<p>ملاحظة دقيقة. صححت الوحدة في المقال.</p>',
  ],
}

export const longBody = `<p>Pneumonoultramicroscopicsilicovolcanoconiosis${'is'.repeat(60)} and https://example.org/${'a-very-long-path/'.repeat(14)} should both stay inside their column.</p><pre><code>const answer = await client.createComment({ thread, key: crypto.randomUUID(), body: 'a line of code that is longer than any column' })
console.log(answer.comment.id)
</code></pre><ol><li>First</li><li>Second, with a nested list<ul><li>inner</li></ul></li></ol><hr><p><strong>A short paragraph of its own</strong></p><p>And a last paragraph, which is long enough to wrap more than once in a column of ordinary width and so shows the rhythm of lines.</p>`

type Shape = Partial<Comment> & {
  readonly n: number
  readonly by?: number
  readonly text?: number
  readonly agoMin?: number
}

/** Make one comment of the given content language. */
export const comment = (content: Content, { n, by = 0, text = 0, agoMin = 5, ...rest }: Shape): Comment => ({
  id: idOf(n),
  threadId: idOf(0),
  parentId: null,
  rootId: idOf(n),
  depth: 0,
  seq: n,
  createdSeq: n,
  author: authors[content][by] ?? author(by, 'Reader'),
  html: bodies[content][text] ?? '',
  status: 'approved',
  createdAt: NOW - agoMin * MINUTE,
  reactions: {},
  replyCount: 0,
  pinned: false,
  ...rest,
})

/** A comment as drawn; children get their depth and parent from where they stand. */
export const node = (
  made: Comment,
  children: readonly CommentNode[] = [],
  more: Partial<CommentNode> = {},
): CommentNode => ({
  comment: made,
  children: children.map((child) => under(child, made)),
  mine: [],
  own: false,
  editable: false,
  fresh: false,
  leaving: false,
  outbox: [],
  hiddenReplies: 0,
  loadingReplies: false,
  ...more,
})

const under = (child: CommentNode, parent: Comment): CommentNode => {
  const placed = { ...child.comment, parentId: parent.id, rootId: parent.rootId, depth: parent.depth + 1 }
  return { ...child, comment: placed, children: child.children.map((one) => under(one, placed)) }
}

export const entry = (n: number, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
  key: idOf(n),
  parentId: null,
  body: 'I read by candlelight once.\nNever again.',
  html: null,
  state: 'sending',
  error: null,
  createdAt: NOW,
  ...more,
})

export const reader = (content: Content): Author => authors[content][0] ?? author(0, 'Reader')
