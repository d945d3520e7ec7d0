import type { install as english } from './en-install.ts'

export const install: typeof english = {
  title: 'Cài đặt vào trang',
  lead: 'Chỉ cần một dòng trong các trang của bạn là có bình luận.',
  where: 'Dán ở đâu',
  whereLead: 'Đặt ở nơi bạn muốn bình luận xuất hiện, thường là dưới bài viết.',
  host: 'Trang của bạn được làm bằng',
  code: 'Sao chép đoạn này',
}
