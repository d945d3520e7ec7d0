import type { install as english, FindingTexts } from './en-install.ts'

const findings: FindingTexts = {
  snippet_found: { what: 'Dòng mã đã có trên trang và hoạt động.' },
  redirected: { what: 'Trang này hiện ở {to}.' },
  origin_not_listed: {
    what: 'Trang nằm ở {origin}, địa chỉ chưa có trong danh sách của trang web này.',
    fix: 'Hãy thêm địa chỉ vào mục “Nơi hiển thị” trong phần thiết lập. Trước đó người đọc ở đó không thấy bình luận.',
  },
  unreachable: {
    what: 'Không mở được trang: {reason}',
    fix: 'Hãy kiểm tra xem chính bạn có mở được không, rồi xem lại.',
  },
  http_status: {
    what: 'Trang trả về mã trạng thái {status}.',
    fix: 'Hãy kiểm tra xem chính bạn có mở được không. Nếu chỉ người đã đăng nhập mới xem được thì chúng tôi không xem được, nhưng bình luận vẫn hoạt động với họ.',
  },
  not_html: {
    what: 'Địa chỉ này dẫn đến một tệp ({contentType}), không phải một trang.',
    fix: 'Hãy nhập địa chỉ của một trang có bình luận.',
  },
  not_in_html: {
    what: 'Dòng mã không có trong HTML của trang.',
    fix: 'Hãy dán dòng mã, hoặc xóa bộ nhớ đệm của trang. Nếu dòng mã do tập lệnh thêm vào, hãy mở trang một lần bằng trình duyệt của bạn: khi đó chúng tôi sẽ nhận ra.',
  },
  shown_as_text: {
    what: 'Trang hiển thị dòng mã cho người đọc dưới dạng văn bản.',
    fix: 'Trình soạn thảo đã biến dòng mã thành văn bản. Hãy dán vào khối dành cho HTML hoặc mã, không dán vào nội dung bài viết.',
  },
  in_comment: {
    what: 'Dòng mã nằm trong chú thích HTML, nơi không có gì được chạy.',
    fix: 'Hãy bỏ <!-- và --> bao quanh.',
  },
  inert: {
    what: 'Dòng mã nằm trong <{within}>, nơi không có gì được chạy.',
    fix: 'Hãy chuyển dòng mã ra ngoài, đến nơi bạn muốn bình luận xuất hiện.',
  },
  wrong_site: {
    what: 'Dòng mã trên trang thuộc về trang web khác, {site}.',
    fix: 'Hãy sao chép lại dòng mã từ trang này và thay dòng đang có.',
  },
  no_site: {
    what: 'Dòng mã trên trang không nêu trang web nào.',
    fix: 'Hãy sao chép toàn bộ dòng mã từ trang này, kể cả data-site.',
  },
  wrong_host: {
    what: 'Dòng mã trên trang tải tập lệnh từ {src}, không phải từ dịch vụ này.',
    fix: 'Hãy sao chép lại dòng mã từ trang này và thay dòng đang có.',
  },
  insecure_script: {
    what: 'Trang dùng HTTPS nhưng dòng mã tải tập lệnh từ {src} không qua HTTPS, nên trình duyệt từ chối.',
    fix: 'Hãy truy cập dịch vụ này qua HTTPS rồi sao chép lại dòng mã.',
  },
  script_disabled: {
    what: 'Có thứ gì đó đã đổi kiểu của tập lệnh thành {type}, nên tập lệnh không chạy.',
    fix: 'Công cụ xin phép người đọc (consent) thường làm vậy. Hãy loại trừ embed.js, hoặc để người đọc đồng ý.',
  },
  script_unclosed: {
    what: 'Dòng mã thiếu phần cuối nên không chạy.',
    fix: 'Hãy dán toàn bộ dòng mã, đến hết </script>.',
  },
  script_in_head: {
    what: 'Dòng mã nằm trong <head>, và trang không cho biết bình luận xuất hiện ở đâu.',
    fix: 'Hãy chuyển dòng mã đến nơi bạn muốn bình luận xuất hiện, hoặc đặt <repartee-comments></repartee-comments> ở đó.',
  },
  only_counts: {
    what: 'Dòng mã chỉ hiển thị số bình luận vì có data-count.',
    fix: 'Với trang có bình luận, hãy sao chép dòng mã không có data-count.',
  },
  no_script: {
    what: 'Trang có chỗ cho bình luận nhưng không có dòng mã để lấp vào.',
    fix: 'Hãy dán dòng mã vào bất kỳ chỗ nào trên trang, trừ khi ứng dụng của bạn tự tải bình luận.',
  },
  csp_blocks: {
    what: '{what}',
    fix: 'Hãy thêm {add} vào {directive} trong chính sách bảo mật nội dung (CSP) của bạn.',
  },
}

export const install: typeof english = {
  title: 'Cài đặt vào trang',
  lead: 'Chỉ cần một dòng trong các trang của bạn là có bình luận.',
  where: 'Dán ở đâu',
  whereLead: 'Đặt ở nơi bạn muốn bình luận xuất hiện, thường là dưới bài viết.',
  host: 'Trang của bạn được làm bằng',
  code: 'Sao chép đoạn này',
  check: {
    title: 'Đã có trên trang chưa?',
    lead: 'Chúng tôi xem các trang của bạn vài giờ một lần, và nhận ra khi có người đọc mở trang.',
    page: 'Địa chỉ của một trang có bình luận',
    pageHelp: 'Bài viết nào cũng được. Chúng tôi mở trang như một người lạ.',
    pageMissing: 'Hãy nhập địa chỉ của một trang, ví dụ https://blog.example/bai-dau-tien.',
    act: 'Xem ngay',
    looking: 'Đang xem trang…',
    neverText: 'Chưa ai thấy bình luận ở đây. Hãy dán dòng mã, rồi mở trang hoặc để chúng tôi xem.',
    seenFirst: 'Thấy lần đầu {when}',
    seenLast: 'thấy lần cuối {when}',
    checked: 'Đã xem {when}:',
    since: 'Từ {when}.',
    refusedTitle: 'Một địa chỉ khác yêu cầu các bình luận này',
    refused: 'Các trang ở {origin} đã yêu cầu bình luận {when} và bị từ chối, vì địa chỉ này chưa có trong danh sách.',
    refusedNull:
      'Một trang không có địa chỉ, ví dụ tệp trên máy của ai đó, đã yêu cầu bình luận {when}. Hãy mở trang từ máy chủ.',
    refusedAct: 'Thêm vào trang web',
    refusedAdded: 'Đã thêm {origin}. Người đọc ở đó thấy được bình luận.',
  },
  findings,
  blocked: {
    loader: 'Chính sách bảo mật nội dung của trang chặn tập lệnh ngay từ đầu.',
    application: 'Chính sách bảo mật nội dung của trang không cho tải phần bình luận.',
    requests: 'Chính sách bảo mật nội dung của trang không cho phần bình luận kết nối đến dịch vụ này.',
    live: 'Bình luận hoạt động, nhưng chính sách bảo mật nội dung của trang khiến bình luận mới không hiện ngay.',
    trusted_types: 'Chính sách Trusted Types của trang chặn phần bình luận.',
    sandbox: 'Trang nằm trong sandbox nên tập lệnh không chạy.',
  },
  reasons: {
    invalid_url: 'đây không phải là địa chỉ của một trang.',
    not_http: 'địa chỉ không bắt đầu bằng https:// hoặc http://.',
    port_refused: 'cổng này bị trình duyệt chặn.',
    name_not_found: 'không có tên miền này trên internet. Bạn viết đúng chưa?',
    name_unresolved: 'tạm thời không tra được tên miền.',
    address_refused: 'trang nằm trong mạng riêng, nơi dịch vụ này không truy cập.',
    connection_failed: 'không có gì trả lời ở địa chỉ này.',
    tls_failed: 'chứng chỉ HTTPS không hợp lệ.',
    timed_out: 'trang trả lời quá lâu.',
    too_many_redirects: 'trang chuyển hướng mãi không dừng.',
    headers_too_large: 'phản hồi lớn hơn mức của một trang.',
    too_large: 'trang lớn hơn mức cho phép.',
    bad_response: 'trình duyệt không hiểu được phản hồi.',
  },
}
