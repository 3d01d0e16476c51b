/** What Weir decides, how long it takes, and whether it holds. */
import { REVIEW_P99 } from '../rules/weir.ts';
import type { Dashboard } from './dashboard.ts';

const WHERE = 'environment=~"$environment"';
const NONE_SO_FAR = 'or vector(0)';

export const weir: Dashboard = {
  name: 'weir',
  title: 'Weir',
  says: 'Verdicts by rule and environment, how long they take, schedules, guard rails, dead letters, and Weir’s own health.',
  variables: [
    { name: 'environment', label: 'Environment', query: 'label_values(weir_admission_reviews_total, environment)' },
  ],
  rows: [
    {
      title: 'Is it well?',
      panels: [
        {
          title: 'Webhook replicas',
          says: 'That answer. None is an outage of every change.',
          queries: [{ expr: 'sum(up{job="weir-webhook"})', legend: 'up' }],
          unit: 'none',
          as: 'stat',
          width: 4,
        },
        {
          title: 'Leading controllers',
          says: 'Exactly one.',
          queries: [{ expr: 'sum(leader_election_master_status{job="weir-controller"})', legend: 'leads' }],
          unit: 'none',
          as: 'stat',
          width: 4,
        },
        {
          title: 'Certificate ends in',
          says: 'Renewed when a third of its 90 days is left.',
          queries: [{ expr: 'min(weir_certificate_expiry_timestamp_seconds) - time()', legend: 'left' }],
          unit: 's',
          as: 'stat',
          width: 4,
        },
        {
          title: 'Policies refused',
          says: 'By how many processes: they judge by the last good ones.',
          queries: [{ expr: 'sum(weir_policy_refused)', legend: 'refused' }],
          unit: 'none',
          as: 'stat',
          width: 4,
          limit: 1,
        },
        {
          title: 'Different policies',
          says: 'More than one for longer than a rollout: replicas judge differently.',
          queries: [{ expr: 'count(count by (hash) (weir_policy_info))', legend: 'hashes' }],
          unit: 'none',
          as: 'stat',
          width: 4,
          limit: 2,
        },
        {
          title: 'Oldest cache',
          says: 'Since a watch last said anything. Below two and a half minutes.',
          queries: [{ expr: 'max(weir_cache_age_seconds)', legend: 'age' }],
          unit: 's',
          as: 'stat',
          width: 4,
          limit: 300,
        },
      ],
    },
    {
      title: 'Verdicts',
      panels: [
        {
          title: 'Reviews by verdict',
          says: 'What the API server asked, and what it was told.',
          queries: [
            {
              expr: `sum by (environment, verdict) (rate(weir_admission_reviews_total{${WHERE}}[$__rate_interval]))`,
              legend: '{{environment}} {{verdict}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'Rules that denied',
          says: 'Findings with the action deny, within the time that is shown.',
          queries: [
            {
              expr: `topk(10, sum by (rule, environment) (increase(weir_admission_findings_total{${WHERE},action="deny"}[$__range])))`,
              legend: '{{rule}} ({{environment}})',
            },
          ],
          unit: 'short',
          as: 'bars',
        },
        {
          title: 'Rules that warned',
          says: 'Findings that let the change in, within the time that is shown.',
          queries: [
            {
              expr: `topk(10, sum by (rule, environment) (increase(weir_admission_findings_total{${WHERE},action="warn"}[$__range])))`,
              legend: '{{rule}} ({{environment}})',
            },
          ],
          unit: 'short',
          as: 'bars',
        },
        {
          title: 'What is in the cluster now',
          says: 'Findings of the audit: what was there before the policy, and what got in unjudged.',
          queries: [
            {
              expr: `sum by (environment, action) (weir_audit_findings{${WHERE}})`,
              legend: '{{environment}} {{action}}',
            },
          ],
          unit: 'short',
        },
        {
          title: 'Rules that the cluster breaks most',
          says: 'Of the audit, now.',
          queries: [
            {
              expr: `topk(10, sum by (rule, environment) (weir_audit_findings{${WHERE}}))`,
              legend: '{{rule}} ({{environment}})',
            },
          ],
          unit: 'short',
          as: 'bars',
        },
        {
          title: 'Ways around',
          says: 'Findings that a PolicyException excused, and denials that somebody passed by break-glass.',
          queries: [
            {
              expr: `sum(increase(weir_admission_excused_total{${WHERE}}[$__range])) ${NONE_SO_FAR}`,
              legend: 'excused',
            },
            { expr: `sum(increase(weir_break_glass_total{${WHERE}}[$__range])) ${NONE_SO_FAR}`, legend: 'break-glass' },
          ],
          unit: 'short',
        },
      ],
    },
    {
      title: 'How long it takes',
      panels: [
        {
          title: 'Time of a review',
          says: 'From the head of a request to its answer. 99 of 100 should take less than 3 ms.',
          queries: [
            {
              expr: 'histogram_quantile(0.5, sum by (door, le) (rate(weir_admission_duration_seconds_bucket[$__rate_interval])))',
              legend: '{{door}} p50',
            },
            { expr: REVIEW_P99, legend: '{{door}} p99' },
          ],
          unit: 's',
          limit: 0.02,
        },
        {
          title: 'Values filled in',
          says: 'Reviews in which defaults of the policy were written.',
          queries: [
            {
              expr: `sum by (environment) (rate(weir_admission_filled_total{${WHERE}}[$__rate_interval]))`,
              legend: '{{environment}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'Mistakes',
          says: 'Reviews that met a mistake of Weir’s or of its installation. None.',
          queries: [
            { expr: 'sum by (door) (rate(weir_admission_failures_total[$__rate_interval]))', legend: '{{door}}' },
          ],
          unit: 'reqps',
        },
      ],
    },
    {
      title: 'Schedules and guard rails',
      panels: [
        {
          title: 'Windows that are active',
          says: 'ScalingSchedules that hold something now.',
          queries: [{ expr: 'max(weir_schedule_active_windows)', legend: 'active' }],
          unit: 'short',
        },
        {
          title: 'How late windows begin and end (p95)',
          says: 'From the moment that the clock says until everything is written.',
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (le) (increase(weir_schedule_transition_lag_seconds_bucket[$__range])))',
              legend: 'p95',
            },
          ],
          unit: 's',
          limit: 60,
        },
        {
          title: 'Writes of guard rails',
          says: 'Made, updated, repaired, adopted, removed or given back.',
          queries: [
            {
              expr: 'sum by (what) (increase(weir_guardrails_writes_total[$__range]))',
              legend: '{{what}}',
            },
          ],
          unit: 'short',
        },
      ],
    },
    {
      title: 'Dead letters',
      panels: [
        {
          title: 'How full sinks are',
          says: 'Of the sinks that Weir keeps: letters that were not put back, of those that it may keep. At 100 % the oldest go.',
          queries: [
            {
              expr: `max by (environment) (weir_dead_letters_full_ratio{${WHERE}})`,
              legend: '{{environment}}',
            },
          ],
          unit: 'percentunit',
          limit: 0.8,
        },
        {
          title: 'Dead letters that came',
          says: 'Within ten minutes: events that nobody took after the last retry. It should be none.',
          queries: [
            {
              expr: `sum by (environment) (increase(weir_dead_letters_taken_total{${WHERE}}[10m]))`,
              legend: '{{environment}}',
            },
          ],
          unit: 'short',
          limit: 1,
        },
        {
          title: 'What became of them',
          says: 'Put back to where they were to go, or forgotten as too old or too many, within the time that is shown.',
          queries: [
            {
              expr: `sum by (environment) (increase(weir_dead_letters_returned_total{${WHERE}}[$__range]))`,
              legend: '{{environment}} put back',
            },
            {
              expr: `sum by (environment) (increase(weir_dead_letters_forgotten_total{${WHERE}}[$__range]))`,
              legend: '{{environment}} forgotten',
            },
          ],
          unit: 'short',
        },
      ],
    },
    {
      title: 'Controllers',
      panels: [
        {
          title: 'Waiting',
          says: 'Objects that wait for their round.',
          queries: [{ expr: 'sum by (controller) (workqueue_depth{job="weir-controller"})', legend: '{{controller}}' }],
          unit: 'short',
        },
        {
          title: 'Rounds that failed',
          says: 'They are tried again.',
          queries: [
            {
              expr: 'sum by (controller) (rate(controller_runtime_reconcile_errors_total{job="weir-controller"}[$__rate_interval]))',
              legend: '{{controller}}',
            },
          ],
          unit: 'reqps',
        },
        {
          title: 'Requests to the API server',
          says: 'By answer: many 409 or 429 mean that somebody else writes, too, or that the server is busy.',
          queries: [
            {
              expr: 'sum by (code) (rate(rest_client_requests_total{job="weir-controller"}[$__rate_interval]))',
              legend: '{{code}}',
            },
          ],
          unit: 'reqps',
        },
      ],
    },
  ],
};
