import type { ErrorTexts } from './en-errors.ts'

export const errors: ErrorTexts = {
  sign_in_failed: 'Địa chỉ email và mật khẩu, hoặc mã xác thực, không khớp nhau. Hãy kiểm tra lại rồi thử lần nữa.',
  second_factor_required:
    'Tài khoản của bạn cần xác minh hai bước. Hãy nhập mã trong ứng dụng xác thực hoặc dùng khóa truy cập.',
  step_up_required: 'Hãy xác nhận đó là bạn rồi thử lại.',
  account_suspended: 'Tài khoản này đã bị tạm khóa. Hãy hỏi người vận hành hệ thống để biết lý do.',
  insecure_connection:
    'Chỉ có thể đăng nhập qua HTTPS, để không ai trên đường truyền đọc được mật khẩu. Hãy mở trang này bằng địa chỉ https:// hoặc tại localhost.',
  cross_site_request: 'Yêu cầu này không đến từ bảng điều khiển. Hãy tải lại trang rồi thử lại.',
  sign_up_closed: 'Hệ thống này không nhận tài khoản mới. Hãy liên hệ người vận hành để được cấp tài khoản.',
  invitation_required: 'Bạn cần có lời mời để tạo tài khoản. Hãy nhờ người vận hành hệ thống gửi lời mời cho bạn.',
  object_not_found: 'Mục này không còn nữa. Có thể ai đó đã gỡ bỏ; hãy tải lại trang để xem những gì còn lại.',
  already_set_up: 'Hệ thống này đã được thiết lập. Hãy đăng nhập bằng tài khoản của bạn.',
  edit_conflict: 'Có người khác vừa thay đổi mục này trong lúc bạn đang sửa. Hãy so sánh hai phiên bản rồi lưu lại.',
  email_taken: 'Đã có tài khoản dùng địa chỉ này. Hãy dùng địa chỉ khác hoặc đăng nhập bằng địa chỉ đó.',
  mail_not_configured: 'Hệ thống này chưa gửi được email. Người vận hành có thể cấp cho bạn một liên kết thay thế.',
  site_limit_reached:
    'Bạn đã dùng hết số trang web được phép. Hãy xóa một trang không còn cần, hoặc liên hệ người vận hành.',
  site_deleted: 'Trang web này đã bị xóa. Hãy khôi phục trước rồi thử lại.',
  email_invalid: 'Đây không phải là địa chỉ email đầy đủ. Ví dụ đúng: ten@example.com.',
  password_too_short: 'Mật khẩu quá ngắn. Hãy dùng ít nhất 15 ký tự; vài từ liền nhau là đủ.',
  password_too_long: 'Mật khẩu quá dài. Hãy dùng tối đa 256 ký tự.',
  password_too_common:
    'Mật khẩu này nằm trong số những mật khẩu kẻ tấn công thử đầu tiên. Hãy chọn mật khẩu chỉ mình bạn nghĩ ra.',
  password_wrong: 'Đây không phải là mật khẩu hiện tại của bạn. Hãy kiểm tra rồi thử lại.',
  code_invalid: 'Mã sai hoặc đã được dùng. Hãy đợi mã tiếp theo rồi nhập mã đó.',
  link_invalid: 'Liên kết này đã được dùng hoặc đã hết hạn. Hãy yêu cầu một liên kết mới.',
  passkey_invalid: 'Khóa truy cập không được chấp nhận. Hãy thử lại hoặc đăng nhập bằng cách khác.',
  origin_invalid: 'Có một địa chỉ không dùng được. Địa chỉ có dạng https://blog.example, không kèm đường dẫn.',
  origin_is_dashboard:
    'Có một địa chỉ trùng với địa chỉ của bảng điều khiển này. Mã chạy trên trang như vậy có thể thao tác thay bạn; hãy đặt bình luận ở địa chỉ khác.',
  forbidden: 'Vai trò của bạn không cho phép việc này. Hãy nhờ chủ trang web.',
  internal: 'Dịch vụ gặp lỗi và chưa có gì thay đổi. Hãy thử lại; nếu vẫn lỗi, hãy báo cho người vận hành hệ thống.',
  invalid_request: 'Dịch vụ không chấp nhận nội dung đã nhập. Hãy kiểm tra các ô rồi thử lại.',
  malformed_json: 'Yêu cầu bị hỏng trên đường truyền. Hãy thử lại.',
  method_not_allowed: 'Trang này cũ hơn dịch vụ. Hãy tải lại trang rồi thử lại.',
  payload_too_large: 'Nội dung dài hơn mức dịch vụ cho phép. Hãy rút ngắn rồi thử lại.',
  rate_limited: 'Bạn đã thử quá nhiều lần. Hãy đợi một lát rồi thử lại.',
  route_not_found: 'Trang này mới hơn dịch vụ. Hãy tải lại trang sau vài phút.',
  site_not_found: 'Không có trang web này, hoặc bạn không có quyền truy cập. Hãy nhờ chủ trang web thêm bạn vào.',
  unauthenticated: 'Bạn đã đăng xuất. Hãy đăng nhập lại; bạn sẽ quay về trang này.',
  unavailable: 'Dịch vụ tạm thời không sử dụng được. Chưa có gì thay đổi; hãy thử lại sau giây lát.',
  unknown_field: 'Trang này cũ hơn dịch vụ. Hãy tải lại trang rồi thử lại.',
  unsupported_media_type: 'Yêu cầu bị hỏng trên đường truyền. Hãy tải lại trang rồi thử lại.',
}
