import type { sites as english } from './en-sites.ts'

export const sites: typeof english = {
  list: {
    title: 'Trang web',
    lead: 'Mọi blog và trang của bạn có hiển thị bình luận.',
    act: 'Trang web mới',
    emptyTitle: 'Chưa có trang web nào',
    emptyText:
      'Một trang web là một blog, hoặc một phần của blog, có hiển thị bình luận. Hãy tạo trang đầu tiên, bạn sẽ nhận được một dòng mã để dán vào các trang của mình.',
    deletes: 'Đã xóa. Mọi thứ sẽ mất hẳn {when}.',
    restore: 'Khôi phục',
    restored: 'Đã khôi phục “{name}”.',
    more: 'Xem thêm',
    made: 'Tạo {when}',
  },
  create: {
    title: 'Trang web mới',
    lead: 'Trả lời hai câu hỏi là bạn có dòng mã để dán.',
    name: 'Tên',
    nameHelp: 'Người đọc không thấy tên này. Hầu hết mọi người dùng tên blog.',
    nameMissing: 'Hãy đặt tên cho trang web, tối đa 100 ký tự.',
    origins: 'Địa chỉ các trang của bạn',
    originsHelp:
      'Phần đầu của địa chỉ, mỗi dòng một địa chỉ, ví dụ https://blog.example. Hãy thêm cả địa chỉ nơi bạn thử nghiệm.',
    originsMissing: 'Hãy nhập ít nhất một địa chỉ, ví dụ https://blog.example.',
    organisation: 'Thuộc về',
    act: 'Tạo trang web',
    done: '“{name}” đã sẵn sàng. Bước tiếp theo là dán dòng mã vào các trang của bạn.',
  },
  overview: {
    lead: 'Tạo {when}.',
    start: 'Bắt đầu từ đây',
    startLead: 'Ba bước để có bình luận đầu tiên.',
    steps: {
      made: 'Trang web đã được tạo',
      madeText: 'Bình luận của trang được lưu dưới khóa {key}.',
      paste: 'Dán một dòng mã vào các trang của bạn',
      pasteText: 'Chúng tôi chỉ rõ vị trí cho WordPress, Hugo, Ghost và nhiều nền tảng khác.',
      pasteAct: 'Xem hướng dẫn',
      look: 'Xem giao diện',
      lookText: 'Thử màu sắc và kích thước trước khi người đọc nhìn thấy.',
      lookAct: 'Mở bản xem trước',
    },
    facts: 'Tóm tắt',
    key: 'Khóa',
    origins: 'Hiển thị trên',
    organisation: 'Thuộc về',
    role: 'Vai trò của bạn',
    roles: { owner: 'Chủ sở hữu', admin: 'Quản trị viên', moderator: 'Người kiểm duyệt', viewer: 'Người xem' },
    guests: 'Ai được bình luận',
    guestsYes: 'Mọi người, chỉ cần cho biết tên',
    guestsNo: 'Chỉ những người đã đăng nhập',
    approval: 'Duyệt bình luận',
    approvals: {
      none: 'Bình luận hiển thị ngay',
      first: 'Bình luận đầu tiên của mỗi người phải chờ bạn duyệt',
      all: 'Mọi bình luận phải chờ bạn duyệt',
    },
  },
  statuses: {
    installed: 'Đã cài đặt',
    seen_before: 'Gần đây không thấy',
    never: 'Chưa cài đặt',
    problem: 'Có vấn đề',
  },
  deleted: {
    title: 'Trang web này đã bị xóa',
    text: 'Người đọc không còn thấy bình luận của trang. Đến {date}, bạn vẫn có thể khôi phục toàn bộ.',
    act: 'Khôi phục trang web',
  },
  /** The service's own pages, such as the demo. */
  self: 'dịch vụ này',
  gone: {
    title: 'Không có trang web này',
  },
}
