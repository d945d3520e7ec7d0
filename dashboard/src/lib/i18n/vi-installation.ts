import type { installation as english } from './en-installation.ts'

export const installation: typeof english = {
  invitations: {
    title: 'Lời mời',
    lead: 'Người được mời tự tạo tài khoản của họ. Họ được làm gì trên một trang web là do chủ trang quyết định.',
    email: 'Địa chỉ email',
    language: 'Ngôn ngữ của lời mời',
    act: 'Mời',
    sent: 'Lời mời đang được gửi đến {email}.',
    linkTitle: 'Hãy tự gửi liên kết này',
    linkText: 'Hệ thống này chưa gửi được email. Ai mở liên kết trong vòng một tuần sẽ trở thành {email} ở đây.',
    link: 'Liên kết mời',
    open: 'Lời mời đang chờ',
    emptyTitle: 'Không có lời mời nào đang chờ',
    emptyText: 'Những người đã được mời nhưng chưa tham gia sẽ được liệt kê ở đây.',
    expires: 'Có hiệu lực đến {when}',
    remove: 'Thu hồi',
    removed: 'Lời mời cho {email} không còn hiệu lực.',
  },
  mail: {
    title: 'Email',
    lead: 'Cách hệ thống này gửi email.',
    offTitle: 'Chưa thiết lập email',
    offText:
      'Hãy khởi động dịch vụ với địa chỉ máy chủ thư của bạn. Trước đó, các liên kết được hiện ở đây hoặc do dịch vụ in ra.',
    onTitle: 'Đã thiết lập email',
    onText: 'Liên kết, lời mời và cảnh báo được gửi qua email.',
    example: 'Biến môi trường của dịch vụ',
  },
}
