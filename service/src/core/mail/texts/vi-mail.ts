import type { Block, MailTexts, ValueWriter } from '../letter.ts'
import type { MailMessage } from '../mail-kinds.ts'

const when = (write: ValueWriter): readonly [string, string] => ['Thời gian', write.time(write.at)]
const works = (expiresAt: number, write: ValueWriter): string => `Liên kết có hiệu lực trong ${write.until(expiresAt)}.`
const checkAccount = (write: ValueWriter): Block => ({ button: 'Xem tài khoản của bạn', link: write.dashboard })

const changes: Readonly<Record<Extract<MailMessage, { kind: 'second_factor_changed' }>['change'], string>> = {
  totp_added: 'Một ứng dụng xác thực đã được thêm vào tài khoản của bạn.',
  totp_removed: 'Ứng dụng xác thực đã được gỡ khỏi tài khoản của bạn.',
  passkey_added: 'Một khóa truy cập (passkey) đã được thêm vào tài khoản của bạn.',
  passkey_removed: 'Một khóa truy cập (passkey) đã được gỡ khỏi tài khoản của bạn.',
  recovery_codes_made: 'Mã khôi phục mới đã được tạo cho tài khoản của bạn. Các mã cũ không còn dùng được.',
}

/** By the kind of finding. */
const problems: Readonly<Record<string, string>> = {
  origin_not_listed: 'Trang nằm ở một địa chỉ gốc không có trong danh sách của website.',
  unreachable: 'Không truy cập được trang.',
  http_status: 'Trang trả về lỗi.',
  not_html: 'Địa chỉ này không còn trả về một trang web.',
  csp_blocks: 'Content Security Policy của trang chặn phần bình luận.',
  insecure_script: 'Trang dùng HTTPS nhưng tải phần bình luận qua HTTP nên bị trình duyệt chặn.',
  wrong_site: 'Đoạn mã trên trang mang khóa của một website khác.',
  no_site: 'Đoạn mã trên trang không có khóa.',
  wrong_host: 'Đoạn mã trên trang tải phần bình luận từ một dịch vụ khác.',
  script_disabled: 'Script có trên trang nhưng đã bị tắt.',
  script_in_head: 'Script nằm trong phần head của trang nên không có chỗ để hiển thị.',
  only_counts: 'Đoạn mã trên trang chỉ hiển thị số bình luận.',
  shown_as_text: 'Trang hiển thị đoạn mã dưới dạng văn bản.',
  inert: 'Đoạn mã nằm trong một phần của trang không được chạy.',
  in_comment: 'Đoạn mã nằm trong một chú thích HTML.',
  not_in_html: 'Đoạn mã không còn trên trang.',
}

export const viMail: MailTexts = {
  letters: {
    verify_email: ({ link, expiresAt }, write) => ({
      subject: 'Xác nhận địa chỉ email của bạn',
      blocks: [
        { text: 'Vui lòng xác nhận đây là địa chỉ của bạn.' },
        { button: 'Xác nhận địa chỉ', link },
        { note: `${works(expiresAt, write)} Nếu bạn không yêu cầu việc này, hãy bỏ qua email này.` },
      ],
    }),
    sign_up: ({ link, expiresAt }, write) => ({
      subject: 'Tạo tài khoản của bạn',
      blocks: [
        { text: 'Ai đó, có lẽ là bạn, muốn tạo tài khoản với địa chỉ này.' },
        { button: 'Tạo tài khoản', link },
        {
          note: `${works(expiresAt, write)} Nếu không phải bạn, hãy bỏ qua email này: sẽ không có tài khoản nào được tạo.`,
        },
      ],
    }),
    sign_up_known_address: ({ link }) => ({
      subject: 'Bạn đã có tài khoản',
      blocks: [
        { text: 'Ai đó, có lẽ là bạn, vừa thử tạo tài khoản với địa chỉ này. Bạn đã có tài khoản rồi.' },
        { button: 'Đăng nhập', link },
        { note: 'Nếu quên mật khẩu, bạn có thể đặt mật khẩu mới tại đó. Nếu không phải bạn, bạn không cần làm gì.' },
      ],
    }),
    reset_password: ({ link, expiresAt }, write) => ({
      subject: 'Đặt mật khẩu mới',
      blocks: [
        { text: 'Ai đó, có lẽ là bạn, yêu cầu đặt mật khẩu mới cho tài khoản của bạn.' },
        { button: 'Đặt mật khẩu mới', link },
        {
          note: `${works(expiresAt, write)} Nếu không phải bạn, hãy bỏ qua email này: mật khẩu của bạn giữ nguyên.`,
        },
      ],
    }),
    password_changed: (_, write) => ({
      subject: 'Mật khẩu của bạn đã được thay đổi',
      blocks: [
        { text: 'Mật khẩu tài khoản của bạn đã được thay đổi.' },
        { facts: [when(write)] },
        { text: 'Nếu không phải bạn, hãy đặt mật khẩu mới ngay từ trang đăng nhập.' },
        { button: 'Đăng nhập', link: write.dashboard },
      ],
    }),
    email_change_new: ({ link, expiresAt }, write) => ({
      subject: 'Xác nhận địa chỉ email mới của bạn',
      blocks: [
        { text: 'Vui lòng xác nhận tài khoản của bạn sẽ dùng địa chỉ này.' },
        { text: 'Địa chỉ hiện tại của bạn cũng phải đồng ý. Địa chỉ đó đã nhận được một email riêng.' },
        { button: 'Xác nhận địa chỉ mới', link },
        { note: `${works(expiresAt, write)} Nếu bạn không yêu cầu việc này, hãy bỏ qua email này.` },
      ],
    }),
    email_change_old: ({ link, expiresAt, newEmail }, write) => ({
      subject: 'Đồng ý với địa chỉ email mới của bạn',
      blocks: [
        { text: 'Ai đó, có lẽ là bạn, muốn tài khoản của bạn dùng một địa chỉ email khác:' },
        { facts: [['Địa chỉ mới', write.quote(newEmail)]] },
        { button: 'Đồng ý', link },
        { note: `${works(expiresAt, write)} Nếu không phải bạn, đừng đồng ý và hãy đổi mật khẩu.` },
      ],
    }),
    email_changed: ({ newEmail }, write) => ({
      subject: 'Địa chỉ email của bạn đã được thay đổi',
      blocks: [
        { text: 'Tài khoản của bạn hiện dùng một địa chỉ email khác. Địa chỉ này sẽ không nhận thêm email nữa.' },
        { facts: [['Địa chỉ mới', write.quote(newEmail)], when(write)] },
        { note: 'Nếu không phải bạn, hãy báo cho người vận hành dịch vụ này.' },
      ],
    }),
    invitation: ({ link, expiresAt, from }, write) => ({
      subject: 'Bạn được mời',
      blocks: [
        { text: from === '' ? 'Bạn được mời mở tài khoản.' : `“${write.quote(from)}” mời bạn mở tài khoản.` },
        { button: 'Nhận lời mời', link },
        { note: `${works(expiresAt, write)} Nếu bạn không chờ lời mời nào, hãy bỏ qua email này.` },
      ],
    }),
    new_device_sign_in: ({ device }, write) => ({
      subject: 'Đăng nhập mới vào tài khoản của bạn',
      blocks: [
        { text: 'Tài khoản của bạn vừa được dùng trên một thiết bị chưa từng thấy.' },
        { facts: [['Thiết bị', write.quote(device)], when(write)] },
        { text: 'Nếu đó là bạn, bạn không cần làm gì. Nếu không, hãy kết thúc phiên đó và đổi mật khẩu.' },
        checkAccount(write),
      ],
    }),
    second_factor_changed: ({ change }, write) => ({
      subject: 'Cách đăng nhập vào tài khoản của bạn đã thay đổi',
      blocks: [
        { text: changes[change] },
        { facts: [when(write)] },
        { text: 'Nếu không phải bạn, hãy hoàn tác và đổi mật khẩu.' },
        checkAccount(write),
      ],
    }),
    installation_problem: ({ site, page, problem, since, link }, write) => ({
      subject: `Thiếu bình luận trên ${write.quote(site)}`,
      blocks: [
        { text: `Độc giả của “${write.quote(site)}” không thấy bình luận trên một trang trước đây có bình luận.` },
        {
          facts: [
            ['Trang', write.quote(page)],
            ['Vấn đề', problems[problem] ?? 'Lần kiểm tra trang phát hiện một vấn đề.'],
            ['Từ lúc', write.time(since)],
          ],
        },
        { button: 'Xem cách xử lý', link },
      ],
    }),
    test: (_, write) => ({
      subject: 'Email thử',
      blocks: [
        { text: 'Đây là email thử. Nếu bạn đọc được, email từ dịch vụ của bạn đã đến nơi.' },
        { facts: [['Yêu cầu lúc', write.time(write.at)]] },
      ],
    }),
  },
  linkHint: 'Nếu nút không hoạt động, hãy mở liên kết này:',
  footers: {
    account: (service) => `Được gửi bởi dịch vụ bình luận tại ${service} vì tài khoản của bạn ở đó dùng địa chỉ này.`,
    request: (service) => `Được gửi bởi dịch vụ bình luận tại ${service} vì có người đã nhập địa chỉ này ở đó.`,
    notice: (service) => `Được gửi bởi dịch vụ bình luận tại ${service} vì bạn quản lý website này.`,
  },
  settings: 'Ngừng nhận các thông báo này',
}
