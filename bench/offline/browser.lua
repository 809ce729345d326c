-- What wrk asks for: pages, scripts, data and pictures with the header fields of browsers, now and then a form.
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
}
local paths = { "/web/page%d.html?id=%d", "/web/script%d.js?v=%d", "/web/data%d.json?q=%d", "/web/icon%d.png?v=%d" }
local accepts = { "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", "application/json", "image/avif,image/webp,image/png" }
local count = 0

function request()
  count = count + 1
  local kind, which = count % 4 + 1, math.floor(count / 4) % 400
  local headers = {
    ["Host"] = "intranet.example",
    ["User-Agent"] = agents[count % 3 + 1],
    ["Accept"] = accepts[kind],
    ["Accept-Language"] = "en-GB,en;q=0.7",
    ["Accept-Encoding"] = "gzip, deflate",
    ["Connection"] = "keep-alive",
    ["Referer"] = "http://intranet.example/web/page" .. which .. ".html",
    ["Cookie"] = "session=" .. count * 7919 .. "; theme=light",
  }
  if count % 20 == 0 then
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return wrk.format("POST", "/web/form", headers, "user=u" .. count .. "&comment=hello+world&token=" .. count * 31)
  end
  return wrk.format("GET", paths[kind]:format(which, count), headers)
end
