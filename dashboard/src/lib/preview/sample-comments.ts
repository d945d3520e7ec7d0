import type { Author, Comment } from '@repartee/sdk/protocol'
import type { Language } from '../i18n/languages.ts'

export const SAMPLE_THREAD = '01990000-0000-7000-8000-000000000001'
export const SAMPLE_EPOCH = '01990000-0000-7000-8000-000000000002'

const MINUTE = 60_000
const idOf = (n: number): string => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`

type Sample = {
  readonly author: string
  readonly role?: Author['role']
  readonly html: string
  readonly minutesAgo: number
  readonly answers?: number
  readonly likes?: number
}

const samples: Readonly<Record<Language, readonly Sample[]>> = {
  en: [
    {
      author: 'Mai Trần',
      html: '<p>I kept a list like this for a year and stopped when it became a duty. Reading yours makes me want to start again, with fewer rules.</p>',
      minutesAgo: 190,
      likes: 4,
    },
    {
      author: 'Jonas',
      role: 'owner',
      html: '<p>Fewer rules is the trick. Mine has one: <em>write it down before lunch.</em></p>',
      minutesAgo: 160,
      answers: 0,
      likes: 2,
    },
    {
      author: 'Anneke',
      html: '<p>The photo of the harbour is wonderful. Is there a larger one somewhere?</p>',
      minutesAgo: 42,
    },
  ],
  vi: [
    {
      author: 'Mai Trần',
      html: '<p>Mình từng ghi một danh sách như thế suốt một năm rồi bỏ khi nó thành bổn phận. Đọc bài này lại muốn bắt đầu lại, với ít quy tắc hơn.</p>',
      minutesAgo: 190,
      likes: 4,
    },
    {
      author: 'Hoàng',
      role: 'owner',
      html: '<p>Ít quy tắc chính là bí quyết. Mình chỉ có một: <em>viết xong trước bữa trưa.</em></p>',
      minutesAgo: 160,
      answers: 0,
      likes: 2,
    },
    {
      author: 'Ngọc Anh',
      html: '<p>Ảnh bến cảng đẹp quá. Có bản lớn hơn ở đâu không bạn?</p>',
      minutesAgo: 42,
    },
  ],
}

/** A short conversation, as the service would send it. `firstReaction` is what readers gave. */
export const sampleComments = (language: Language, now: number, firstReaction: string | undefined): Comment[] => {
  const list = samples[language]
  return list.map((sample, index): Comment => {
    const parent = sample.answers === undefined ? null : idOf(100 + sample.answers)
    const id = idOf(100 + index)
    return {
      id,
      threadId: SAMPLE_THREAD,
      parentId: parent,
      rootId: parent ?? id,
      depth: parent === null ? 0 : 1,
      seq: index + 1,
      createdSeq: index + 1,
      author: { id: idOf(200 + index), name: sample.author, ...(sample.role !== undefined && { role: sample.role }) },
      html: sample.html,
      status: 'approved',
      createdAt: now - sample.minutesAgo * MINUTE,
      reactions: sample.likes === undefined || firstReaction === undefined ? {} : { [firstReaction]: sample.likes },
      replyCount: list.filter((other) => other.answers === index).length,
      pinned: false,
    }
  })
}
