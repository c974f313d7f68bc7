// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON API as types. Octet sums may exceed 2^53: their digits are kept by reading them as text (see parse()).

export interface Counts {
  total: number;
  up: number;
  degraded: number;
  down: number;
  unreachable: number;
  unknown: number;
  other: number;
}

export interface Sum extends Counts {
  name: string;
  clients: number | null;
  down_per_second: number | null;
  up_per_second: number | null;
}

export interface Incident {
  kind: string;
  cause: string;
  cause_kind: string;
  district: string | null;
  site: string | null;
  clients: number;
  cause_name: string | null;
  state: string;
  since: string | null;
  affected: number;
  suppressed: number;
}

export interface Summary {
  time: string;
  data_time: string | null;
  data_age_seconds: number | null;
  collector: "running" | "silent" | "absent";
  aps: Sum;
  octets_today: Octets;
  districts: Sum[];
  incidents: Incident[];
}

/** An integer as its digits, or null where unknown. */
export type Octets = string | null;

export interface Device {
  id: string;
  name: string | null;
  kind: string;
  district: string | null;
  site: string | null;
  phase: string | null;
  address: string | null;
  lat: number | null;
  lon: number | null;
  state: string;
  reason: string | null;
  since: string | null;
  time: string | null;
  odometer_down: Octets;
  odometer_up: Octets;
  clients: number | null;
  down_per_second: number | null;
  up_per_second: number | null;
  /** Seconds. */
  uptime: number | null;
  /** Seconds. */
  rtt: number | null;
  host: string | null;
  profile: string | null;
  uplink: string | null;
  source: string | null;
}

export interface DeviceList {
  total: number;
  offset: number;
  limit: number;
  devices: Device[];
}

export interface Series {
  from: string;
  step_seconds: number;
  series: { name: string; values: (number | null)[] }[];
}

export interface UsagePeriod {
  month?: string;
  day?: string;
  year?: string;
  octets: Octets | null;
  share_percent?: number | null;
  coverage_percent: number | null;
  growth_percent: number | null;
  growth_year_percent: number | null;
  growth_mean_percent: number | null;
  marks: string[];
  marked: string[];
}

export interface UsageRow {
  key?: string | null;
  months?: UsagePeriod[];
  days?: UsagePeriod[];
  years?: UsagePeriod[];
}

/** What stands below a table: about a mark, or about the method. */
export interface Note {
  mark?: string;
  letter?: string;
  note: string;
}

export interface Usage {
  from: string;
  to: string;
  by: string;
  per: "month" | "day" | "year";
  rows: UsageRow[];
  total: UsageRow;
  notes: Note[];
}

/** A table of the server's: what `kkachi usage --show` prints. */
export interface Sheet {
  name: string;
  title: string;
  about: string;
  shaded: boolean;
  columns: { key: string; heading: string; kind: string; shown: boolean }[];
  rows: Record<string, unknown>[];
  totals: Record<string, unknown>[];
  notes: Note[];
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** JSON.parse, but integers under octet keys become text first, so that no digit is lost above 2^53. */
export function parse<T>(text: string): T {
  return JSON.parse(text.replace(/("(?:[a-z0-9_]*octets[a-z0-9_]*|odometer_[a-z]+)":\s*)(\d+)/g, '$1"$2"')) as T;
}


export async function get<T>(path: string, params: Record<string, string | number | null> = {}, signal?: AbortSignal): Promise<T> {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(params)) if (v !== null && v !== "") q.set(k, String(v));
  const url = `/api/v1/${path}${q.toString() ? `?${q}` : ""}`;
  const r = await fetch(url, signal ? { signal } : {});
  const body = await r.text();
  if (!r.ok) {
    let why = r.statusText;
    try {
      why = (JSON.parse(body) as { error: string }).error;
    } catch {
      /* not ours: the status says enough */
    }
    throw new ApiError(r.status, why);
  }
  return parse<T>(body);
}
