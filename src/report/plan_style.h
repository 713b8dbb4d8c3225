// How the page of a plan looks, in light and in dark.
#pragma once

#include <string_view>

namespace voucher {

inline constexpr std::string_view kPlanStyle = R"css(
:root{--paper:#fbfaf8;--ink:#1d2430;--soft:#667085;--line:#e4e1da;--card:#fff;--accent:#d9622b;--calm:#9db4cf;
--up:#1c7d4d;--down:#b3372f;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--paper:#14181f;--ink:#e8e6e1;--soft:#98a2b3;--line:#2b323d;--card:#1b2029;
--accent:#f08a4b;--calm:#4c6484;--up:#57c58c;--down:#ef7d74}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1160px;margin:0 auto;padding:32px 24px 48px}
h1{font-size:24px;line-height:1.25;margin:0 0 20px}
h2{font-size:17px;margin:0 0 8px}
p{margin:0 0 12px;color:var(--soft)}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:20px 22px;margin:16px 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:12px}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;display:flex;flex-direction:column}
.tile b{font-size:22px;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.tile span{overflow-wrap:anywhere}
.tile small{color:var(--soft)}
.diff{list-style:none;margin:0;padding:0}
.diff li{padding:4px 0 4px 22px;position:relative}
.diff li::before{position:absolute;left:2px;font-weight:700}
.diff .added::before{content:"+";color:var(--up)}
.diff .removed::before{content:"−";color:var(--down)}
.diff .changed::before{content:"~";color:var(--accent)}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--paper);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:0 -6px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;color:var(--soft);font-size:13px}
tbody tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right}
.up{color:var(--up)}.down{color:var(--down)}.same,.none{color:var(--soft)}
tr.sum td{font-weight:600}
.kind{font-size:12.5px;padding:1px 8px;border-radius:9px;background:var(--paper);border:1px solid var(--line)}
.appears .kind{color:var(--up)}.disappears .kind{color:var(--down)}.changes .kind{color:var(--accent)}
.flow{display:block;width:100%;max-width:760px;margin:4px auto 14px;font-size:12.5px}
.flow text{fill:var(--ink)}.flow .count{fill:var(--soft)}
.flow .bar{fill:var(--ink);opacity:.75}
.flow path{opacity:.75}
.flow .stays{fill:var(--calm);opacity:.4}.flow .moves{fill:var(--accent)}
.flow .joins{fill:var(--up)}.flow .leaves{fill:var(--down)}
.flow path:hover{opacity:1}
details{margin-top:10px}summary{cursor:pointer;color:var(--soft)}
footer{color:var(--soft);font-size:13px;margin-top:20px}
@media print{section,.tile{break-inside:avoid}details:not([open])>*{display:block}}
)css";

}  // namespace voucher
