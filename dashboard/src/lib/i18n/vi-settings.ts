import type { settings as english, SettingsOfSite } from './en-settings.ts'

const fields: SettingsOfSite = {
  guests: {
    label: 'Khách được phép bình luận',
    help: 'Họ chỉ cần cho biết tên. Khi tắt, chỉ những người đã đăng nhập mới viết được.',
  },
  premoderation: {
    label: 'Bình luận phải chờ duyệt',
    help: 'Chỉ tác giả và bạn thấy bình luận đang chờ. Chỉ duyệt bình luận đầu tiên đã chặn được hầu hết thư rác và mỗi người đọc chỉ phải chờ một lần.',
    options: {
      none: 'Không: bình luận hiển thị ngay',
      first: 'Bình luận đầu tiên của mỗi tác giả',
      all: 'Tất cả',
    },
  },
  'words.held': {
    label: 'Từ khiến bình luận phải chờ duyệt',
    help: 'Bình luận có một trong các từ này sẽ chờ duyệt. Mỗi dòng một từ hoặc cụm từ; không phân biệt chữ hoa chữ thường.',
  },
  'words.blocked': {
    label: 'Từ khiến bình luận bị từ chối',
    help: 'Bình luận có một trong các từ này không được nhận, và tác giả được báo điều đó. Mỗi dòng một từ.',
  },
  'links.hold': {
    label: 'Số liên kết trước khi phải chờ duyệt',
    help: 'Bình luận có nhiều liên kết hơn số này sẽ chờ duyệt. Thư rác đầy liên kết, bình luận của người đọc thì hiếm khi.',
  },
  'links.refuse': {
    label: 'Số liên kết trước khi bị từ chối',
    help: 'Bình luận có nhiều liên kết hơn số này không được nhận.',
  },
  maxBodyLength: {
    label: 'Độ dài tối đa của bình luận',
    help: 'Tính theo ký tự, từ 1 đến 20.000. Mười nghìn ký tự khoảng bốn trang in.',
  },
  editWindowMs: {
    label: 'Số phút được sửa',
    help: 'Tác giả được sửa bình luận trong bao lâu sau khi gửi. 0 nghĩa là không bao giờ.',
  },
  reactions: {
    label: 'Cảm xúc',
    help: 'Những cảm xúc người đọc có thể bày tỏ, mỗi dòng một loại, theo thứ tự này: like, love, laugh, wow, sad. Để trống nếu không dùng.',
  },
  commentsPerMinute: {
    label: 'Số bình luận mỗi phút',
    help: 'Số bình luận một người được gửi trong một phút. Con người viết một hai bình luận; chương trình viết hàng trăm.',
  },
  duplicateWindowMs: {
    label: 'Số phút chống lặp lại',
    help: 'Cùng một nội dung của cùng một tác giả bị từ chối trong khoảng thời gian này. 0 nghĩa là không bao giờ.',
  },
}

export const settings: typeof english = {
  title: 'Thiết lập',
  lead: 'Có hiệu lực cho mọi trang thuộc trang web này, kể từ bình luận tiếp theo.',
  readOnly: 'Vai trò của bạn cho phép xem thiết lập nhưng không thay đổi được. Hãy nhờ chủ sở hữu.',
  groups: {
    general: { title: 'Chung', lead: 'Tên gọi và nơi hiển thị.' },
    who: { title: 'Ai được bình luận', lead: 'Cánh cửa mở rộng đến đâu.' },
    held: { title: 'Những gì bị giữ lại', lead: 'Được kiểm tra trước khi có ai thấy bình luận.' },
    writing: { title: 'Viết bình luận', lead: 'Những gì tác giả có thể làm.' },
    floods: { title: 'Chống gửi ồ ạt', lead: 'Giới hạn mà người bình thường không nhận ra.' },
  },
  fields,
  name: { label: 'Tên', help: 'Người đọc không thấy tên này.' },
  origins: {
    label: 'Nơi hiển thị',
    help: 'Phần đầu của địa chỉ các trang, mỗi dòng một địa chỉ, ví dụ https://blog.example. Ở mọi địa chỉ khác, bình luận không tải.',
  },
  wrong: {
    name: 'Hãy đặt tên cho trang web, tối đa 100 ký tự.',
    origins: 'Hãy nhập ít nhất một địa chỉ, ví dụ https://blog.example.',
    amount: 'Hãy nhập một số nguyên từ {min} đến {max}.',
  },
  changes: { other: 'Còn {n} thay đổi chưa lưu.' },
  discard: 'Bỏ thay đổi',
  saved: 'Đã lưu thiết lập.',
  leave: {
    title: 'Rời đi mà không lưu?',
    consequences: ['Những thay đổi của bạn ở đây sẽ mất.'],
    act: 'Rời đi',
  },
  conflict: {
    title: 'Có người khác đã thay đổi trang web này trong lúc bạn đang sửa',
    text: 'Thay đổi của bạn vẫn còn. Hãy xem điểm khác nhau, rồi lưu lại nếu muốn giữ thay đổi của bạn.',
    theirs: 'Hiện tại: {value}',
    mine: 'Của bạn: {value}',
    take: 'Lấy giá trị hiện tại',
    empty: 'trống',
    on: 'bật',
    off: 'tắt',
  },
  end: {
    title: 'Mang đi hoặc xóa',
    lead: 'Mọi thứ đều thuộc về bạn.',
    exportTitle: 'Mang mọi thứ đi',
    exportText:
      'Toàn bộ bình luận, tác giả, cảm xúc và thiết lập của trang web này ở dạng JSON Lines, mỗi dòng một bản ghi.',
    exportAct: 'Tải xuống',
    deleteTitle: 'Xóa trang web này',
    deleteText: 'Người đọc không còn thấy bình luận. Trong hai tuần, bạn vẫn có thể khôi phục.',
    deleteAct: 'Xóa trang web',
    deleteAsk: 'Xóa “{name}”?',
    consequences: [
      'Bình luận biến mất ngay khỏi mọi trang của trang web này.',
      'Trong hai tuần, bạn có thể khôi phục từ danh sách trang web của mình.',
      'Sau đó toàn bộ bình luận, tác giả và thiết lập mất vĩnh viễn.',
    ],
    typed: 'Nhập {name} để tiếp tục',
    deleted: 'Đã xóa “{name}”.',
  },
}
