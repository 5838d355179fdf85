import * as z from 'zod';
import { markersIn } from '../../../game/episode/markers.ts';
import { drawsFor } from '../../../game/random.ts';
import { classifiedShape } from '../../../protocol/http.ts';
import { text } from '../../../protocol/action.ts';
import { json, route } from '../route.ts';
import type { Route } from '../route.ts';

/** Tools for players, open to everybody. */
export const toolRoutes = (): readonly Route[] => [
  route('POST', '/api/v1/tools/policy_classifier', {
    summary: 'What a crude policy classifier says of an ad; deterministic, and without any label',
    tag: 'tools',
    body: z.strictObject({
      ad_id: text(128),
      ad_copy: text(4000),
      landing_page_blurb: text(4000).optional(),
      fraud_type: text(64).optional(),
    }),
    answers: { status: 200, description: 'Its verdict.', schema: classifiedShape },
    handle: ({ body }) =>
      json(200, classified(body.ad_id, `${body.ad_copy}\n${body.landing_page_blurb ?? ''}`)),
  }),
];

/** Rules and odds of the episode spec, section 10.3. No label is used. */
function classified(adId: string, copy: string) {
  const markers = markersIn(copy);
  const draws = drawsFor(0, 'policy_classifier', adId);
  const isUnsafe = markers.length >= 2 || (markers.length === 1 && draws.between(1, 100) <= 35);
  const [least, most] = isUnsafe ? [680, 920] : [550, 900];
  const codes = [
    { code: 'S2', name: 'non_violent_crimes' },
    ...(markers.includes('phishing_credential_request') ? [{ code: 'S7', name: 'privacy' }] : []),
    ...(markers.includes('counterfeit_indicator') ? [{ code: 'S8', name: 'intellectual_property' }] : []),
  ];
  return {
    mock: true,
    model: 'surface-markers',
    ad_id: adId,
    verdict: isUnsafe ? 'unsafe' : 'safe',
    confidence: draws.between(least, most) / 1000,
    triggered_lg_categories: isUnsafe ? codes : [],
    triggered_fraud_markers: markers.map((code) => ({ code, description: code.replaceAll('_', ' ') })),
    explanation: `${markers.length} surface markers.`,
    notes: 'A crude tool: it reads words, not intentions.',
  };
}
