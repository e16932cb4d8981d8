/** @module The one style sheet of all pages: small, no web fonts, dark mode, usable from 320 px. */

export const stylesheetPath = '/assets/gatehouse.css';

export const stylesheet = `:root{color-scheme:light dark;--ink:#1b2430;--soft:#55606e;--paper:#f4f5f7;--card:#fff;--line:#c4cad3;--accent:#0b57a4;--on-accent:#fff;--bad:#a1161d;--bad-paper:#fdecec}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#aab3bf;--paper:#14181d;--card:#1d232b;--line:#465060;--accent:#8ec2ff;--on-accent:#0c1a2b;--bad:#ffb3b3;--bad-paper:#3a1b1e}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:26rem;margin:0 auto;padding:clamp(1rem,6vh,4rem) 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1.5rem}
h1{font-size:1.35rem;line-height:1.25;margin:0 0 1rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:0 0 .25rem}
input{display:block;width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:.25rem;padding:.6rem .7rem;margin:0 0 1rem}
button{font:inherit;font-weight:600;width:100%;min-height:2.75rem;border:0;border-radius:.25rem;background:var(--accent);color:var(--on-accent);cursor:pointer}
a{color:var(--accent)}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{background:var(--bad-paper);color:var(--bad);border-left:4px solid var(--bad);padding:.6rem .8rem;margin:0 0 1rem}
.alert p{margin:0}
.card>:last-child{margin-bottom:0}
.soft{color:var(--soft);font-size:.9rem}
.qr{display:block;width:100%;max-width:15rem;margin:0 auto 1rem;border-radius:.25rem}
.codes{columns:11rem;white-space:nowrap;list-style:none;padding:0;margin:0 0 1rem;font-family:ui-monospace,monospace}
form+p{margin-top:1rem}
h2{font-size:1.1rem;margin:1.5rem 0 .75rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
.brand{color:var(--soft);font-size:.9rem;letter-spacing:.04em;margin:0 0 .75rem}
.apps{list-style:none;margin:0 0 1.5rem;padding:0}
.apps li{border-top:1px solid var(--line)}
.apps li:last-child{border-bottom:1px solid var(--line)}
.apps a{display:block;padding:.75rem .25rem;font-weight:600;text-decoration:none;overflow-wrap:anywhere}
.apps a:hover{text-decoration:underline}
`;
