/* wsload.c - closed-loop / pipelined / fixed-rate load generator for WebSocket (and HTTP/1.1) servers.
 *
 * Build:  gcc -O2 -pthread -o wsload wsload.c            (Linux, no libraries)
 * Prints: one JSON object on stdout; progress and complaints on stderr; exit 0, or 1 if anything failed.
 *
 * A unit of load is a GROUP of connections (-G, default 1). A group plays a script line by line: one line is
 * sent, its reply awaited, then the next. With -G 1 each connection is its own group (and -P raises the number
 * outstanding). With -G 3 three connections are the three roles of one match, and a line may start with the
 * role that sends it and a tab ("1<TAB>{...}"; without it line i is sent by role i mod G), which gives
 * turn-based play: one action in flight per match. Messages that arrive on a connection with nothing
 * outstanding, or that lack the -m text, are counted as pushes, not replies.
 *
 * Usage: wsload -p PORT [options]
 *   -p N      port on 127.0.0.1                    -u PATH   request path (default /)
 *   -c N      connections (default 1)              -t N      client threads (default 1)
 *   -G N      connections per group (default 1)    -P N      outstanding per connection, G=1 only (default 1)
 *   -M N      with G=1: {{m}} is connection/N and {{r}} connection mod N (N roles share a match, all at once)
 *   -s N      payload bytes when no script (default 100; the text is a JSON string)
 *   -f FILE   script: one text message per line    -R N      play the script N times per group, then stop
 *   -i FILE   script played once per group, untimed, before the clock starts (join, hello ...)
 *   -d SECS   stop after SECS timed seconds (default 3; with -R: a ceiling, default 60)
 *   -w SECS   warm-up not counted (default 0.5; 0 with -R)
 *   -r RATE   open loop: RATE messages/s in total, latency from the time each was DUE (no coordinated omission);
 *             with -G over 1 a group still has one message in flight, and another group is taken instead
 *   -m TEXT   only messages containing TEXT are replies       -e TEXT  replies containing TEXT count as errors
 *   -a TEXT   replies containing TEXT are counted apart, as "counted"
 *   -g N      messages each connection must receive first (greeting), before anything is sent
 *   -A HDR    extra request header "Name: value" (repeatable 4x)
 *   -H        HTTP/1.1 keep-alive: the message is POSTed (-s 0: GET) and each response is a reply
 *   -k PID    also report CPU used by that process (all threads) per reply; repeatable 4x
 *   -x N      pin client thread i to cpu N+i
 *   -j NAME   a label to put in the JSON
 * A script line "---" begins a piece: group i starts with piece i mod the number of pieces, and plays on from there.
 * In PATH, HDR and script lines: {{c}} connection, {{m}} group (match), {{r}} role in group, {{l}} loop,
 * {{w}} the role's word, {{i}} the match_id in the
 * reply to the group's last line of type reset, {{n}} number of the message in its connection, {{p}} process id of wsload (to make ids unique per run).
 *
 * Examples
 *   echo, 300 connections, 4 KB:       wsload -p 9001 -c 300 -s 4096 -k $PID
 *   100 matches of 3 roles, turns:     wsload -p 9001 -c 300 -G 3 -f match.ndjson -u '/m{{m}}/{{r}}' -m '"ok"' -d 5
 *   latency at a fixed 20k/s:          wsload -p 9001 -c 300 -f act.ndjson -r 20000 -d 5
 * client_busy near 1 per thread means the client, not the server, was the limit; others_cores (with -k) is the
 * CPU that neither the client nor the named servers used: repeat a run where it is over about 0.15.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
static u64 now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); fputs("wsload: ", stderr); vfprintf(stderr, f, a); fputc('\n', stderr); exit(1); }

/* ---- log-linear histogram of nanoseconds: 64 steps per power of two, so within 1.6 % ---- */
#define SUB 64
#define NB (SUB * 40)
typedef struct { u64 b[NB], n, max; double sum; } hist;
static int bidx(u64 v) { if (v < SUB) return v; int e = 63 - __builtin_clzll(v); int i = (e - 5) * SUB + ((v >> (e - 6)) & (SUB - 1)); return i < NB ? i : NB - 1; }
static u64 bval(int i) { if (i < SUB) return i; int e = i / SUB + 5; return (1ull << e) + ((u64)(i % SUB) << (e - 6)) + (1ull << (e - 6)) / 2; }
static void hadd(hist *h, u64 v) { h->b[bidx(v)]++; h->n++; h->sum += v; if (v > h->max) h->max = v; }
static double hpct(hist *h, double q) { u64 want = (u64)(q * h->n), c = 0; if (!h->n) return 0; for (int i = 0; i < NB; i++) { c += h->b[i]; if (c > want) { u64 v = bval(i); return (v < h->max ? v : h->max) / 1e3; } } return h->max / 1e3; }

/* ---- options ---- */
static int port, nconn = 1, nthr = 1, G = 1, P = 1, M = 0, size = 100, loops, http, greet, pin = -1, npid, nhdr;
static double dur = -1, warm = -1, rate; static const char *path = "/", *okt, *errt, *cnt, *label = ""; static int pids[4]; static const char *hdrs[4];
typedef struct { char *s; int len, role, subst, makes; } line; /* makes: its reply names a match */
typedef struct { line *v; int n; int *piece, np; } script;
static script main_s, init_s;

static script load(const char *f) {
  script r = {0}; FILE *fp = fopen(f, "r"); if (!fp) die("cannot read %s", f);
  char *b = 0; size_t cap = 0; ssize_t n;
  while ((n = getline(&b, &cap, fp)) > 0) {
    while (n && (b[n - 1] == '\n' || b[n - 1] == '\r')) b[--n] = 0;
    if (!n) continue;
    if (!strcmp(b, "---")) { r.piece = realloc(r.piece, (r.np + 1) * sizeof(int)); r.piece[r.np++] = r.n; continue; }
    line l = {0}; char *p = b, *e; long role = strtol(b, &e, 10);
    if (e > b && *e == '\t') { p = e + 1; l.role = role; if (role < 0 || role >= G) die("role %ld outside -G %d", role, G); } else l.role = r.n % G;
    l.s = strdup(p); l.len = strlen(p); l.subst = !!strstr(p, "{{"); l.makes = !!strstr(p, "\"type\":\"reset\"");
    r.v = realloc(r.v, (r.n + 1) * sizeof(line)); r.v[r.n++] = l;
  }
  fclose(fp); free(b); if (!r.n) die("%s is empty", f); return r;
}

/* ---- connections ---- */
struct grp;
typedef struct conn {
  int fd, id, role; struct grp *g;
  u64 *due; int qh, qn, qcap;          /* times of the outstanding messages, oldest first */
  u64 sent;                            /* messages sent */
  char *out; int on, oc, want;         /* bytes not yet written */
  char *in; int inn, ic; u64 skip;     /* a partial frame, or payload bytes still to be dropped */
  int skipfin; int greet;
} conn;
typedef struct grp { conn *c; int id, pos, loop, init, stop, ended, makes; char match[64]; } grp;
typedef struct { int i, ep; grp *g; int ng; hist h; u64 ok, err, counted, push, rx, tx, first_done, last; u64 cpu; int running; char *rb, *sb; int sc; pthread_t t; } thr;
static thr *T; static volatile int phase; /* 0 init, 1 warm-up, 2 timed, 3 stop */
static volatile u64 t_start; static volatile int failed, active_groups;
#define RB (1 << 18)

static int put(char *o, int cap, const char *s, conn *c, u64 n) { /* expand {{x}} */
  int k = 0; while (*s && k < cap - 24) {
    if (s[0] == '{' && s[1] == '{' && s[2] && s[3] == '}' && s[4] == '}') {
      if (s[2] == 'w') { k += sprintf(o + k, "%s", (const char *[]){"fraudster", "investigator", "auditor"}[(M ? c->id % M : c->role) % 3]); s += 5; continue; }
      if (s[2] == 'i') { k += sprintf(o + k, "%s", c->g->match); s += 5; continue; }
      u64 v; switch (s[2]) { case 'c': v = c->id; break; case 'm': v = M ? c->id / M : c->g->id; break; case 'r': v = M ? c->id % M : c->role; break; case 'l': v = c->g->loop; break; case 'n': v = n; break; case 'p': v = getpid(); break; default: v = 0; }
      k += sprintf(o + k, "%lu", (unsigned long)v); s += 5;
    } else o[k++] = *s++; }
  o[k] = 0; return k;
}
static void need(conn *c, int n) { if (c->on + n > c->oc) { c->oc = (c->on + n) * 2; c->out = realloc(c->out, c->oc); } }
static const unsigned char MK[4] = {0x37, 0xfa, 0x21, 0x3d};
static void frame(conn *c, int op, const char *s, int n) {
  need(c, n + 14); unsigned char *o = (unsigned char *)c->out + c->on; int h = 0; o[h++] = 0x80 | op;
  if (n < 126) o[h++] = 0x80 | n; else if (n < 65536) { o[h++] = 0x80 | 126; o[h++] = n >> 8; o[h++] = n; } else { o[h++] = 0x80 | 127; for (int i = 7; i >= 0; i--) o[h++] = (u64)n >> (8 * i); }
  memcpy(o + h, MK, 4); h += 4; int i = 0; uint32_t m; memcpy(&m, MK, 4);
  for (; i + 4 <= n; i += 4) { uint32_t w; memcpy(&w, s + i, 4); w ^= m; memcpy(o + h + i, &w, 4); }
  for (; i < n; i++) o[h + i] = s[i] ^ MK[i & 3];
  c->on += h + n;
}
static void msg(thr *t, conn *c, const char *s, int len, int subst, u64 due) {
  if (subst) { if (t->sc < len + 4096) { t->sc = len + 8192; t->sb = realloc(t->sb, t->sc); } len = put(t->sb, t->sc, s, c, c->sent); s = t->sb; }
  if (http) { need(c, len + 512); if (size == 0 && !main_s.n) c->on += sprintf(c->out + c->on, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    else { c->on += sprintf(c->out + c->on, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, len); memcpy(c->out + c->on, s, len); c->on += len; } }
  else frame(c, 1, s, len);
  if (c->qn == c->qcap) { int nc = c->qcap ? c->qcap * 2 : 4; u64 *q = malloc(nc * 8); for (int i = 0; i < c->qn; i++) q[i] = c->due[(c->qh + i) % c->qcap]; free(c->due); c->due = q; c->qh = 0; c->qcap = nc; }
  c->due[(c->qh + c->qn++) % c->qcap] = due; c->sent++; t->tx++;
}
static void flush(thr *t, conn *c) {
  int k = 0; while (k < c->on) { ssize_t r = send(c->fd, c->out + k, c->on - k, MSG_NOSIGNAL); if (r < 0) { if (errno == EAGAIN) break; if (errno == EINTR) continue; die("send on connection %d: %s", c->id, strerror(errno)); } k += r; }
  if (k) { memmove(c->out, c->out + k, c->on - k); c->on -= k; }
  int want = c->on > 0; if (want != c->want) { struct epoll_event e = {EPOLLIN | (want ? EPOLLOUT : 0), {.ptr = c}}; epoll_ctl(t->ep, EPOLL_CTL_MOD, c->fd, &e); c->want = want; }
}
static char *filler;
static void end_group(thr *t, grp *g) { if (!g->ended) { g->ended = 1; t->running--; } }
/* send the group's next line; returns the connection used, or 0 when the group is done */
static conn *next(thr *t, grp *g, u64 due) {
  if (g->ended || (phase == 3)) { return 0; }
  if (g->init) { if (g->pos == init_s.n) { g->init = 0; g->pos = 0; end_group(t, g); return 0; } line *l = &init_s.v[g->pos++]; conn *c = &g->c[l->role]; msg(t, c, l->s, l->len, l->subst, due); return c; }
  if (!main_s.n) { if (loops && g->loop >= loops) return 0; g->loop++; conn *c = &g->c[g->pos++ % G]; msg(t, c, filler, size, 0, due); return c; }
  if (g->pos == main_s.n) { g->pos = 0; g->loop++; }
  if (loops && g->loop >= loops) return 0;
  line *l = &main_s.v[g->pos++]; conn *c = &g->c[l->role]; g->makes = l->makes; msg(t, c, l->s, l->len, l->subst, due); return c;
}
static int drained(grp *g) { for (int i = 0; i < G; i++) if (g->c[i].qn) return 0; return 1; }
/* a whole message has come; s may be 0 when its text was not kept */
static void got(thr *t, conn *c, const char *s, u64 len, u64 tm) {
  grp *g = c->g; if (c->greet) { c->greet--; if (!c->greet) { int all = 1; for (int i = 0; i < G; i++) all &= !g->c[i].greet; if (all && g->init == 2) { g->init = 1; conn *d = next(t, g, tm); if (d && d != c) flush(t, d); } } return; }
  if (!c->qn || (okt && !memmem(s, len, okt, strlen(okt)))) { if (phase == 2) { t->push++; t->rx += len; } return; }
  if (g->makes && s) { const char *m = memmem(s, len, "\"match_id\":\"", 12); g->makes = 0; if (m) { m += 12; int n = 0; while (n < 63 && m[n] != '"') { g->match[n] = m[n]; n++; } g->match[n] = 0; } }
  u64 due = c->due[c->qh]; c->qh = (c->qh + 1) % c->qcap; c->qn--;
  if (phase == 2) { hadd(&t->h, tm - due); t->ok++; t->rx += len; t->last = tm; if (errt && memmem(s, len, errt, strlen(errt))) t->err++; if (cnt && memmem(s, len, cnt, strlen(cnt))) t->counted++; }
  else if (errt && memmem(s, len, errt, strlen(errt))) { if (g->init) die("an init message was refused: %.*s", (int)(len < 300 ? len : 300), s); }
  if (rate && !g->init) { if (phase == 3 && drained(g)) end_group(t, g); return; }
  conn *d = next(t, g, tm);
  if (!d) { if (!g->ended && drained(g)) end_group(t, g); } else if (d != c) flush(t, d);
}
static u64 parse(thr *t, conn *c, char *b, u64 n, u64 tm) { /* returns bytes used */
  u64 k = 0; int keep = okt || errt || cnt;
  for (;;) {
    if (c->skip) { u64 m = n - k < c->skip ? n - k : c->skip; k += m; c->skip -= m; if (c->skip) return k; got(t, c, 0, c->skipfin, tm); continue; }
    if (http) { char *e = memmem(b + k, n - k, "\r\n\r\n", 4); if (!e) return k; *e = 0; char *cl = strcasestr(b + k, "\r\ncontent-length:"); if (!cl) die("HTTP reply without Content-Length: %.200s", b + k);
      if (strncmp(b + k, "HTTP/1.1 200", 12)) die("HTTP reply: %.100s", b + k);
      u64 len = strtoull(cl + 17, 0, 10), h = e + 4 - (b + k); *e = '\r';
      if (n - k - h >= len) { got(t, c, b + k + h, len, tm); k += h + len; } else if (!keep) { c->skip = len - (n - k - h); c->skipfin = len; return n; } else return k; continue; }
    if (n - k < 2) return k; unsigned char *p = (unsigned char *)b + k; u64 len = p[1] & 127, h = 2; int op = p[0] & 15, fin = p[0] >> 7;
    if (len == 126) { h = 4; if (n - k < 4) return k; len = p[2] << 8 | p[3]; } else if (len == 127) { h = 10; if (n - k < 10) return k; len = 0; for (int i = 0; i < 8; i++) len = len << 8 | p[2 + i]; }
    if (p[1] & 128) die("masked frame from the server");
    if (op < 3 && fin && !keep && n - k - h < len) { c->skip = len - (n - k - h); c->skipfin = len; return n; }
    if (n - k - h < len) return k;
    if (op == 8) die("connection %d closed by the server: code %d %.*s", c->id, len > 1 ? p[h] << 8 | p[h + 1] : 0, len > 2 ? (int)len - 2 : 0, len > 2 ? (char *)p + h + 2 : "");
    if (op == 9) { frame(c, 10, (char *)p + h, len); } else if (op < 3 && fin) got(t, c, (char *)p + h, len, tm);
    k += h + len;
  }
}
static void readable(thr *t, conn *c) {
  char *b = t->rb; int pre = c->inn; if (pre) memcpy(b, c->in, pre);
  ssize_t r = recv(c->fd, b + pre, RB - 1 - pre, 0);
  if (r == 0) die("connection %d closed by the server", c->id); if (r < 0) { if (errno == EAGAIN || errno == EINTR) return; die("recv: %s", strerror(errno)); }
  u64 n = pre + r, k = parse(t, c, b, n, now()); c->inn = n - k;
  if (c->inn) { if (c->inn > RB / 2) die("a message over %d bytes with -m or -e", RB / 2); if (c->inn > c->ic) { c->ic = c->inn * 2; c->in = realloc(c->in, c->ic); } memmove(c->in, b + k, c->inn); }
  if (c->on) flush(t, c);
}
static void dial(thr *t, conn *c) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); int one = 1;
  c->fd = socket(AF_INET, SOCK_STREAM, 0); if (c->fd < 0) die("socket: %s (ulimit -n?)", strerror(errno));
  struct timeval tv = {10, 0}; setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv); setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (void *)&a, sizeof a)) die("connect to port %d: %s", port, strerror(errno));
  if (!http) { char q[4096], pb[2048]; int k = put(pb, sizeof pb, path, c, 0); (void)k;
    k = sprintf(q, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", pb, port);
    for (int i = 0; i < nhdr; i++) { put(pb, sizeof pb, hdrs[i], c, 0); k += sprintf(q + k, "%s\r\n", pb); } k += sprintf(q + k, "\r\n");
    if (send(c->fd, q, k, MSG_NOSIGNAL) != k) die("handshake send");
    int n = 0; char *e = 0; while (!e) { ssize_t r = recv(c->fd, q + n, sizeof q - 1 - n, 0); if (r <= 0) die("handshake of connection %d: no answer", c->id); n += r; q[n] = 0; e = memmem(q, n, "\r\n\r\n", 4); if (n == sizeof q - 1) die("handshake too long"); }
    if (strncmp(q, "HTTP/1.1 101", 12)) die("handshake refused: %.200s", q);
    int used = e + 4 - q; if (n > used) { c->inn = n - used; c->ic = 8192; c->in = malloc(c->ic); memcpy(c->in, q + used, c->inn); } }
  fcntl(c->fd, F_SETFL, O_NONBLOCK); struct epoll_event ev = {EPOLLIN, {.ptr = c}}; epoll_ctl(t->ep, EPOLL_CTL_ADD, c->fd, &ev);
}
static pthread_barrier_t bar;
static void turn(thr *t, int ms) { struct epoll_event ev[512]; int n = epoll_wait(t->ep, ev, 512, ms); for (int i = 0; i < n; i++) { conn *c = ev[i].data.ptr; if (ev[i].events & EPOLLOUT) flush(t, c); if (ev[i].events & ~EPOLLOUT) readable(t, c); } }
static void *worker(void *v) {
  thr *t = v; if (pin >= 0) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(pin + t->i, &s); sched_setaffinity(0, sizeof s, &s); }
  t->ep = epoll_create1(0); t->rb = malloc(RB); t->sc = 8192; t->sb = malloc(t->sc);
  for (int i = 0; i < t->ng; i++) for (int j = 0; j < G; j++) dial(t, &t->g[i].c[j]);
  /* greeting and init */
  u64 lim = now() + 30000000000ull; 
  if (greet || init_s.n) { t->running = 0;
    for (int i = 0; i < t->ng; i++) { grp *g = &t->g[i]; g->init = greet ? 2 : 1; g->pos = 0; t->running++; }
    for (int i = 0; i < t->ng; i++) { grp *g = &t->g[i]; for (int j = 0; j < G; j++) { conn *c = &g->c[j]; c->greet = greet; }
      for (int j = 0; j < G; j++) { conn *c = &g->c[j]; if (c->inn) { memcpy(t->rb, c->in, c->inn); u64 n = c->inn, k = parse(t, c, t->rb, n, now()); c->inn = n - k; memmove(c->in, t->rb + k, c->inn); } }
      if (!greet) { conn *c = next(t, g, now()); if (c) flush(t, c); } }
    while (t->running > 0) { turn(t, 100); if (now() > lim) die("thread %d: %d groups never got through greeting/init", t->i, t->running); }
    for (int i = 0; i < t->ng; i++) { t->g[i].ended = 0; t->g[i].pos = main_s.np ? main_s.piece[t->g[i].id % main_s.np] : 0; t->g[i].loop = 0; t->g[i].init = 0; } }
  t->tx = 0; pthread_barrier_wait(&bar); pthread_barrier_wait(&bar);
  t->running = t->ng; u64 sent = 0, rr = 0; double my = rate * t->ng / (nconn / G);
  struct timespec c0, c1; int counted = 0; u64 stop_at = 0;
  if (!rate) for (int i = 0; i < t->ng; i++) { grp *g = &t->g[i]; for (int k = 0; k < (G == 1 ? P : 1); k++) { conn *c = next(t, g, now()); if (c) flush(t, c); else if (drained(g)) { end_group(t, g); break; } } }
  while (t->running > 0) {
    if (phase == 2 && !counted) { counted = 1; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &c0); }
    if (phase == 3) { if (!stop_at) stop_at = now(); if (counted == 1) { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &c1); counted = 2; } if (!rate) break; int q = 0; for (int i = 0; i < t->ng; i++) q += !drained(&t->g[i]); if (!q || now() - stop_at > 1000000000ull) break; }
    int ms = 20;
    if (rate && phase < 3) { u64 el = now() - t_start; u64 want = (u64)(el / 1e9 * my); while (sent < want) { grp *g = &t->g[rr++ % t->ng]; if (G > 1) { int tries = 0; while (!drained(g) && tries++ < t->ng) g = &t->g[rr++ % t->ng]; if (!drained(g)) break; } u64 due = t_start + (u64)(sent / my * 1e9); conn *c = next(t, g, due); if (c) flush(t, c); sent++; } ms = 0; double gap = ((sent + 1) / my * 1e9 - (now() - t_start)); if (gap > 2e6) ms = 1; }
    turn(t, ms);
  }
  if (counted == 1) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &c1); if (counted) t->cpu = (c1.tv_sec - c0.tv_sec) * 1000000000ull + c1.tv_nsec - c0.tv_nsec;
  __sync_fetch_and_sub(&active_groups, t->ng); return 0;
}
static u64 pidcpu(int pid) { char f[300]; sprintf(f, "/proc/%d/task", pid); DIR *d = opendir(f); if (!d) return 0; u64 s = 0; struct dirent *e; while ((e = readdir(d))) if (e->d_name[0] != '.') { snprintf(f, sizeof f, "/proc/%d/task/%s/schedstat", pid, e->d_name); FILE *p = fopen(f, "r"); if (p) { unsigned long v; if (fscanf(p, "%lu", &v) == 1) s += v; fclose(p); } } closedir(d); return s; }
/* busy time of the whole machine in ns, to see how much other processes took */
static u64 machine(void) { FILE *p = fopen("/proc/stat", "r"); unsigned long u = 0, n = 0, s = 0, i, w, q = 0, si = 0, st = 0; if (!p) return 0; if (fscanf(p, "cpu %lu %lu %lu %lu %lu %lu %lu %lu", &u, &n, &s, &i, &w, &q, &si, &st) < 8) u = 0; fclose(p); return (u + n + s + q + si + st) * (1000000000ull / sysconf(_SC_CLK_TCK)); }
static long pidrss(int pid) { char f[64], l[256]; long v = 0; sprintf(f, "/proc/%d/status", pid); FILE *p = fopen(f, "r"); if (!p) return 0; while (fgets(l, sizeof l, p)) if (sscanf(l, "VmRSS: %ld", &v) == 1) break; fclose(p); return v; }

int main(int ac, char **av) {
  int o; const char *mf = 0, *inf = 0;
  while ((o = getopt(ac, av, "p:u:c:t:G:M:P:s:f:R:i:d:w:r:m:e:g:A:Hk:x:j:a:")) > 0) switch (o) {
    case 'p': port = atoi(optarg); break; case 'u': path = optarg; break; case 'c': nconn = atoi(optarg); break; case 't': nthr = atoi(optarg); break; case 'G': G = atoi(optarg); break; case 'M': M = atoi(optarg); break;
    case 'P': P = atoi(optarg); break; case 's': size = atoi(optarg); break; case 'f': mf = optarg; break; case 'R': loops = atoi(optarg); break; case 'i': inf = optarg; break;
    case 'd': dur = atof(optarg); break; case 'w': warm = atof(optarg); break; case 'r': rate = atof(optarg); break; case 'm': okt = optarg; break; case 'e': errt = optarg; break; case 'a': cnt = optarg; break; case 'g': greet = atoi(optarg); break;
    case 'A': if (nhdr < 4) hdrs[nhdr++] = optarg; break; case 'H': http = 1; break; case 'k': if (npid < 4) pids[npid++] = atoi(optarg); break; case 'x': pin = atoi(optarg); break; case 'j': label = optarg; break;
    default: return 1; }
  if (!port) die("-p PORT is needed; see the top of wsload.c"); if (nconn % G) die("-c must be a multiple of -G");
  if (dur < 0) dur = loops ? 60 : 3; if (warm < 0) warm = loops ? 0 : 0.5;
  if (mf) main_s = load(mf); if (inf) init_s = load(inf);
  filler = malloc(size + 3); memset(filler, 'x', size + 2); if (size > 1) { filler[0] = filler[size - 1] = '"'; } filler[size] = 0;
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  int ng = nconn / G; if (nthr > ng) nthr = ng; T = calloc(nthr, sizeof *T); conn *C = calloc(nconn, sizeof *C); grp *gs = calloc(ng, sizeof *gs);
  for (int i = 0; i < ng; i++) { gs[i].id = i; gs[i].c = C + i * G; gs[i].pos = main_s.np ? main_s.piece[i % main_s.np] : 0; for (int j = 0; j < G; j++) { C[i * G + j] = (conn){.id = i * G + j, .role = j, .g = &gs[i]}; } }
  active_groups = ng; pthread_barrier_init(&bar, 0, nthr + 1); int at = 0;
  u64 td = now(); for (int i = 0; i < nthr; i++) { T[i].i = i; T[i].g = gs + at; T[i].ng = ng / nthr + (i < ng % nthr); at += T[i].ng; pthread_create(&T[i].t, 0, worker, &T[i]); }
  pthread_barrier_wait(&bar); double setup = (now() - td) / 1e9;
  u64 p0[4], p1[4]; phase = warm > 0 ? 1 : 2; t_start = now(); for (int i = 0; i < npid; i++) p0[i] = pidcpu(pids[i]); u64 ts = t_start, m0 = machine(); pthread_barrier_wait(&bar);
  if (warm > 0) { usleep(warm * 1e6); for (int i = 0; i < npid; i++) p0[i] = pidcpu(pids[i]); m0 = machine(); ts = now(); phase = 2; }
  u64 te = ts + (u64)(dur * 1e9); while (now() < te && active_groups > 0) usleep(1000); u64 tend = now(); phase = 3;
  for (int i = 0; i < npid; i++) p1[i] = pidcpu(pids[i]);
  u64 m1 = machine(), mine = 0;
  for (int i = 0; i < nthr; i++) pthread_join(T[i].t, 0);
  hist *h = calloc(1, sizeof *h); u64 ok = 0, er = 0, co = 0, pu = 0, rx = 0, cpu = 0, last = 0; for (int i = 0; i < nthr; i++) { for (int b = 0; b < NB; b++) h->b[b] += T[i].h.b[b]; h->n += T[i].h.n; h->sum += T[i].h.sum; if (T[i].h.max > h->max) h->max = T[i].h.max; ok += T[i].ok; er += T[i].err; co += T[i].counted; pu += T[i].push; rx += T[i].rx; cpu += T[i].cpu; if (T[i].last > last) last = T[i].last; }
  int early = active_groups <= 0 && loops; double el = ((early && last > ts ? last : tend) - ts) / 1e9; double oks = ok ? ok : 1;
  printf("{\"label\":\"%s\",\"connections\":%d,\"groups\":%d,\"outstanding\":%d,\"setup_s\":%.3f,\"elapsed_s\":%.3f,\"replies\":%lu,\"errors\":%lu,\"counted\":%lu,\"pushes\":%lu,\"msg_s\":%.0f,\"rx_MB_s\":%.1f,\"avg_reply_B\":%.0f,\"lat_us\":{\"mean\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f},\"client_busy\":%.2f,\"client_us_per_msg\":%.2f",
    label, nconn, ng, G == 1 ? P * nconn : ng, setup, el, ok, er, co, pu, ok / el, rx / el / 1e6, (double)rx / (ok + pu ? ok + pu : 1), h->n ? h->sum / h->n / 1e3 : 0, hpct(h, .5), hpct(h, .9), hpct(h, .99), hpct(h, .999), h->max / 1e3, cpu / 1e9 / el / nthr, cpu / 1e3 / oks);
  mine = cpu; for (int i = 0; i < npid; i++) mine += p1[i] - p0[i];
  if (npid) printf(",\"others_cores\":%.2f", ((double)(m1 - m0) - mine) / 1e9 / el);
  if (rate) printf(",\"rate\":%.0f", rate);
  for (int i = 0; i < npid; i++) printf(",\"server%d\":{\"busy\":%.2f,\"cpu_us_per_msg\":%.2f,\"rss_MB\":%.1f}", i, (p1[i] - p0[i]) / 1e9 / el, (p1[i] - p0[i]) / 1e3 / oks, pidrss(pids[i]) / 1024.0);
  puts("}"); return failed || !ok;
}
