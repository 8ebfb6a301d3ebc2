// Made by `yitong docs` of what the server declares; changes are made there.
import type { Bundle, Resource } from "./fhir";
import type { Parameters } from "./parameters";

/** What somebody is to the platform. */
export type Role =
  | "resident" | "proxy" | "guide" | "doctor" | "nurse" | "pharmacist" | "technician" | "office"
  | "administrator" | "insurer" | "regulator" | "cdc" | "system" | "operator";

/** The kinds of refusals. */
export type Fault =
  | "conflict" | "forbidden" | "gone" | "internal" | "malformed" | "not-acceptable" | "not-allowed"
  | "not-found" | "not-supported" | "precondition" | "too-large" | "too-often" | "unavailable"
  | "unknown" | "unprocessable" | "unsupported-media";

export interface Account {
  id: string;
  name?: string;
  called?: string;
  phone?: string;
  person?: string;
  home?: string;
  strong: boolean;
  invited: boolean;
  disabled?: string;
  expires?: string;
  seen?: string;
  can?: {
    source: string;
    role: Role;
    institution?: string;
    resident?: string;
    until?: string;
  }[];
  grants?: {
    account?: string;
    role: Role;
    institution?: string;
    resident?: string;
    from: string;
    until?: string;
    reason?: string;
    ended?: boolean;
    id: string;
    by: string;
    at: string;
    endedBy?: string;
    endedAt?: string;
  }[];
  names?: Record<string, string>;
}

export interface Accounts {
  accounts: Account[];
  total?: number;
  next?: string;
}

export interface Acting {
  source: string;
  role: Role;
  institution?: string;
  resident?: string;
  where?: string;
  until?: string;
}

export interface Both {
  zh?: string;
  en?: string;
}

export interface Change {
  number: number;
  at: string;
  by: string;
  thing: unknown;
}

export interface Grant {
  account?: string;
  role: Role;
  institution?: string;
  resident?: string;
  from: string;
  until?: string;
  reason?: string;
  ended?: boolean;
}

export interface Help {
  phone: string;
  hours?: string;
  government?: boolean;
}

export interface News {
  notice?: Notice;
}

export interface Notice {
  id: string;
  kind: string;
  name: Both;
  urgent: boolean;
  title: Both;
  text: Both;
  for?: string;
  subject?: string;
  about?: string[];
  sender?: string;
  sent: string;
  read: string | null;
}

export interface NoticeChoices {
  language: string;
  quiet: {
    from: string;
    to: string;
  };
  channels: Record<string, Record<string, boolean>>;
  email?: string;
  unconfirmed?: string;
}

export interface NoticeCount {
  unread: number;
  more: boolean;
}

export interface Notices {
  notices: Notice[];
  next?: string;
}

export interface Program {
  id: string;
  name: string;
  english?: string;
  institution: string;
  contact?: string;
  redirects?: string[];
  launch?: string;
  scopes: string;
  backend?: boolean;
  keys?: unknown;
  keysUrl?: string;
  origins?: string[];
  introspects?: boolean;
  disabled?: string;
  expires: string;
  since?: string;
  secret: boolean;
}

export interface Programs {
  clients: Program[];
}

export interface Who {
  signed: boolean;
  called?: string;
  person?: string;
  staff?: boolean;
  acts?: Acting;
  can?: Acting[];
  ends?: string;
  language: string;
  large: boolean;
  zone: string;
  help?: Help;
}

/** What operations take and answer with, by the addresses at which they are called. */
export interface Operations {
  "Patient/[id]/$everything": {
    in: Record<string, string | number | boolean | undefined>;
    out: Bundle;
  };
  "$validate": {
    in: {
      resource?: Resource | undefined;
      profile?: readonly string[] | undefined;
      mode?: string | undefined;
    };
    out: Resource;
  };
  "[type]/$validate": {
    in: {
      resource?: Resource | undefined;
      profile?: readonly string[] | undefined;
      mode?: string | undefined;
    };
    out: Resource;
  };
  "[type]/[id]/$validate": {
    in: {
      resource?: Resource | undefined;
      profile?: readonly string[] | undefined;
      mode?: string | undefined;
    };
    out: Resource;
  };
  "$fhirpath": {
    in: {
      expression: string;
      resource: Resource;
    };
    out: Parameters;
  };
  "Patient/$emergency-access": {
    in: {
      patient?: string | undefined;
      identifier?: { system?: string; value: string } | undefined;
      reason?: string | undefined;
    };
    out: {
      patient: string;
      consent: string;
      task: string;
      until: string;
    };
  };
  "Patient/[id]/$emergency-access": {
    in: {
      patient?: string | undefined;
      identifier?: { system?: string; value: string } | undefined;
      reason?: string | undefined;
    };
    out: {
      patient: string;
      consent: string;
      task: string;
      until: string;
    };
  };
  "Task/[id]/$emergency-review": {
    in: {
      verdict: "justified" | "unjustified";
      note?: string | undefined;
    };
    out: {
      task: string;
      verdict: "justified" | "unjustified";
    };
  };
  "$emergency-uses": {
    in: {
      _since?: string | undefined;
      institution?: string | undefined;
    };
    out: {
      since: string;
      until: string;
      whole: boolean;
      practitioner: {
        reference: string;
        severity: number;
        pattern: ("unjustified" | "unvisited" | "repeated" | "night" | "many")[];
        institution: string[];
        unjustified: number;
        unvisited: number;
        repeated: number;
        night: number;
        uses: number;
        open: number;
        overdue: number;
        resident: {
          reference: string;
          uses: number;
        }[];
      }[];
    };
  };
  "$export-request": {
    in: {
      type: readonly string[];
      query?: readonly string[] | undefined;
      purpose: string;
      recipient: string;
      abroad?: boolean | undefined;
      assessment?: string | undefined;
      pia?: string | undefined;
      most?: number | undefined;
      until?: string | undefined;
    };
    out: Resource;
  };
  "Task/[id]/$export-decide": {
    in: {
      decision: "approve" | "reject";
      reason?: string | undefined;
    };
    out: Resource;
  };
  "Task/[id]/$export": {
    in: Record<string, never>;
    out: Resource;
  };
  "$export-mark": {
    in: {
      code?: string | undefined;
    };
    out: {
      request: string;
      run: number;
      began: string;
      requester: string;
      recipient: string;
      purpose: string;
      institution?: string;
    };
  };
  "[type]/[id]/$sign": {
    in: {
      version?: string | undefined;
      purpose?: string | undefined;
    };
    out: Resource;
  };
  "[type]/[id]/$verify-signature": {
    in: Record<string, never>;
    out: {
      version: string;
      whole: boolean;
      signature: {
        provenance: string;
        valid: boolean;
        reason: {
          code: string;
          text: string;
        }[];
        who?: string;
        when?: string;
        clock?: string;
        authority?: string;
        purpose?: string;
        certificate?: {
          subject?: string;
          serial: string;
          issuer?: string;
          notBefore: string;
          notAfter: string;
          status: string;
          revoked?: string;
          revocation?: string;
        };
        version?: string;
        unchanged: boolean;
        change: {
          how: string;
          path?: string;
        }[];
        changes?: string;
      }[];
    };
  };
  "Subscription/$status": {
    in: Record<string, string | number | boolean | undefined>;
    out: Resource;
  };
  "Subscription/[id]/$status": {
    in: Record<string, string | number | boolean | undefined>;
    out: Resource;
  };
  "Subscription/[id]/$events": {
    in: Record<string, string | number | boolean | undefined>;
    out: Resource;
  };
  "Subscription/$get-ws-binding-token": {
    in: Record<string, string | number | boolean | undefined>;
    out: Resource;
  };
  "Subscription/[id]/$get-ws-binding-token": {
    in: Record<string, string | number | boolean | undefined>;
    out: Resource;
  };
  "$rules-find": {
    in: {
      rule: string;
      region?: string | undefined;
      at?: string | undefined;
      key?: readonly string[] | undefined;
    };
    out: {
      value: string;
      row: string;
      source: string;
      region?: string;
      from?: string;
      to?: string;
    };
  };
  "$rules-list": {
    in: {
      rule?: string | undefined;
      region?: string | undefined;
    };
    out: {
      rule: {
        name: string;
        zh: string;
        en: string;
        "about-zh"?: string;
        "about-en"?: string;
        "kind-zh": string;
        "kind-en": string;
        unit?: string;
        edition: string;
        sparse: boolean;
        key: {
          name: string;
          zh: string;
          en: string;
          code: {
            code: string;
            zh: string;
            en: string;
          }[];
        }[];
        code: {
          code: string;
          zh: string;
          en: string;
        }[];
        today: {
          region?: string;
          from?: string;
          to?: string;
          key: string[];
          value: string;
          source: string;
          row: string;
        }[];
        row: {
          region?: string;
          from?: string;
          to?: string;
          key: string[];
          value: string;
          source: string;
          row: string;
        }[];
        version: {
          name: string;
          library: string;
          state: string;
          region?: string;
          from: string;
          rows: number;
          note?: string;
          author?: string;
          drafted?: string;
          published?: string;
        }[];
      }[];
    };
  };
  "$rules-export": {
    in: {
      rule?: string | undefined;
      kind: "xlsx" | "csv";
    };
    out: Resource;
  };
  "$rules-import": {
    in: {
      file: Resource;
      name?: string | undefined;
      rule?: string | undefined;
      region?: string | undefined;
      from: string;
      note?: string | undefined;
      check?: boolean | undefined;
    };
    out: {
      draft: {
        rule: string;
        rows: number;
        library?: string;
      }[];
    };
  };
  "Library/[id]/$rules-try": {
    in: Record<string, never>;
    out: {
      cases: number;
      same: number;
      unlike: number;
      left: number;
      case: {
        subject: string;
        region?: string;
        at: string;
        key: string[];
        old?: string;
        "old-row"?: string;
        new?: string;
        "new-row"?: string;
        why?: string;
      }[];
    };
  };
  "$workdays": {
    in: {
      from: string;
      to: string;
      region?: string | undefined;
    };
    out: {
      region?: string;
      day: {
        day: string;
        workday: boolean;
        source: string;
      }[];
      unknown: number[];
    };
  };
  "$rules-draft": {
    in: {
      rule: string;
      region?: string | undefined;
      from: string;
      note?: string | undefined;
      row: readonly {
        region?: string | undefined;
        from?: string | undefined;
        to?: string | undefined;
        key?: readonly string[] | undefined;
        value: string;
        source: string;
      }[];
    };
    out: {
      library: string;
    };
  };
  "Library/[id]/$rules-publish": {
    in: Record<string, never>;
    out: {
      library: string;
    };
  };
  "$trail-state": {
    in: Record<string, never>;
    out: {
      batches: number;
      waiting: number;
      sealed: number;
      until?: string;
      fits: boolean;
      log?: string;
      leaves?: number;
      root?: string;
      cosigned?: number;
    };
  };
  "Task/$begin": {
    in: {
      process: string;
      move: string;
      with?: Resource | undefined;
    };
    out: Resource;
  };
  "Task/$beginnings": {
    in: Record<string, never>;
    out: {
      move: {
        process?: string;
        code: string;
        zh: string;
        en: string;
        doc: string;
        "to-zh"?: string;
        "to-en"?: string;
        blocked?: string;
        schema: string;
      }[];
    };
  };
  "Task/[id]/$moves": {
    in: Record<string, never>;
    out: {
      place: {
        case: string;
        process: string;
        "process-zh": string;
        "process-en": string;
        state: string;
        "state-zh": string;
        "state-en": string;
        since?: string;
        deadline?: string;
        late: boolean;
        waits?: string;
        "waits-zh"?: string;
        "waits-en"?: string;
        resident?: string;
        focus?: string;
      };
      version: number;
      party: {
        name: string;
        zh: string;
        en: string;
        who?: string;
        called?: string;
        role?: string;
      }[];
      kept: {
        name: string;
        zh: string;
        en: string;
        code: {
          code: string;
          zh: string;
          en: string;
        }[];
      }[];
      move: {
        process?: string;
        code: string;
        zh: string;
        en: string;
        doc: string;
        "to-zh"?: string;
        "to-en"?: string;
        blocked?: string;
        schema: string;
      }[];
    };
  };
  "Task/[id]/$move": {
    in: {
      move: string;
      with?: Resource | undefined;
    };
    out: Resource;
  };
  "Task/$move-many": {
    in: {
      case: readonly string[];
      move: string;
      with?: Resource | undefined;
    };
    out: {
      outcome: {
        case: string;
        made: boolean;
        code?: string;
        why?: string;
      }[];
    };
  };
  "Task/$inbox": {
    in: {
      of?: "mine" | "office" | "role" | "begun" | undefined;
      process?: string | undefined;
      late?: boolean | undefined;
      count?: number | undefined;
      counts?: boolean | undefined;
      page?: string | undefined;
    };
    out: {
      case: {
        case: string;
        process: string;
        "process-zh": string;
        "process-en": string;
        state: string;
        "state-zh": string;
        "state-en": string;
        since?: string;
        deadline?: string;
        late: boolean;
        waits?: string;
        "waits-zh"?: string;
        "waits-en"?: string;
        resident?: string;
        focus?: string;
      }[];
      count: {
        process: string;
        open: number;
        overdue: number;
      }[];
      next?: string;
    };
  };
  "Task/$board": {
    in: {
      process?: string | undefined;
      days?: number | undefined;
    };
    out: {
      at: string;
      since: string;
      whole: boolean;
      process: {
        process: string;
        zh: string;
        en: string;
        open: number;
        overdue: number;
        today: number;
        ended: number;
        median?: number;
        p90?: number;
      }[];
      state: {
        process: string;
        state: string;
        zh: string;
        en: string;
        query: string;
        open: number;
        overdue: number;
        ended: number;
      }[];
      institution: {
        institution: string;
        called?: string;
        open: number;
        overdue: number;
        ended: number;
        median?: number;
        p90?: number;
      }[];
      day: {
        day: string;
        begun: number;
        ended: number;
        due: number;
      }[];
    };
  };
  "Task/[id]/$move-history": {
    in: Record<string, never>;
    out: {
      step: {
        move: string;
        "move-zh"?: string;
        "move-en"?: string;
        from?: string;
        to: string;
        "to-zh"?: string;
        "to-en"?: string;
        who?: string;
        called?: string;
        at: string;
        until?: string;
      }[];
    };
  };
  "Task/[id]/$bring-over": {
    in: Record<string, never>;
    out: Resource;
  };
  "$platform-health": {
    in: Record<string, never>;
    out: {
      state: "ok" | "warn" | "down";
      at: string;
      part: {
        group: "server" | "record" | "work" | "trail" | "outside";
        name: string;
        words: string;
        state: "ok" | "warn" | "down";
        since: string;
        says?: string;
        do?: string;
        fact: {
          words: string;
          value?: string;
          at?: string;
        }[];
      }[];
    };
  };
  "$platform-jobs": {
    in: {
      state?: "dead" | "retrying" | "running" | "waiting" | "done" | undefined;
      kind?: string | undefined;
      page?: string | undefined;
    };
    out: {
      job: {
        number: string;
        id: string;
        kind: string;
        state: "dead" | "retrying" | "running" | "waiting" | "done";
        attempt: number;
        attempts: number;
        due: string;
        error?: string;
      }[];
      pile: {
        kind: string;
        state: "dead" | "retrying" | "running" | "waiting" | "done";
        count: number;
      }[];
      next?: string;
    };
  };
  "$platform-job-again": {
    in: {
      number: string;
    };
    out: {
      state: "dead" | "retrying" | "running" | "waiting" | "done";
      again: boolean;
    };
  };
  "$platform-settings": {
    in: Record<string, never>;
    out: {
      setting: {
        name: string;
        variable?: string;
        value?: string;
        default?: string;
        secret: boolean;
        set: boolean;
        from: "flag" | "environment" | "file" | "default" | "command";
        help: string;
      }[];
    };
  };
  "$platform-outbox": {
    in: {
      page?: string | undefined;
    };
    out: {
      message: {
        id: string;
        made: string;
        channel: string;
        state: string;
        to?: string;
        text?: string;
        count: number;
        attempts: number;
        receipt?: string;
      }[];
      next?: string;
    };
  };
}

/** The members of parameters by which values are sent, by the names of the values. */
export interface Members {
  [name: string]: string | Members;
}

/** How an operation is called: whether GET will do, what its values are sent as, and which of its answer come as lists. */
export interface Call {
  get?: true;
  takes: Members;
  lists?: string[]; // none where the answer is a resource
}

export const operations: Record<keyof Operations, Call> = {
  "Patient/[id]/$everything": { get: true, takes: {} },
  "$validate": { get: true, takes: { resource: "resource", profile: "valueString", mode: "valueString" } },
  "[type]/$validate": { get: true, takes: { resource: "resource", profile: "valueString", mode: "valueString" } },
  "[type]/[id]/$validate": { get: true, takes: { resource: "resource", profile: "valueString", mode: "valueString" } },
  "$fhirpath": { takes: { expression: "valueString", resource: "resource" } },
  "Patient/$emergency-access": {
    takes: { patient: "valueReference", identifier: "valueIdentifier", reason: "valueString" },
    lists: [],
  },
  "Patient/[id]/$emergency-access": {
    takes: { patient: "valueReference", identifier: "valueIdentifier", reason: "valueString" },
    lists: [],
  },
  "Task/[id]/$emergency-review": { takes: { verdict: "valueCode", note: "valueString" }, lists: [] },
  "$emergency-uses": {
    get: true,
    takes: { _since: "valueDateTime", institution: "valueReference" },
    lists: ["practitioner", "practitioner.pattern", "practitioner.institution", "practitioner.resident"],
  },
  "$export-request": {
    takes: {
      type: "valueString",
      query: "valueString",
      purpose: "valueString",
      recipient: "valueString",
      abroad: "valueBoolean",
      assessment: "valueString",
      pia: "valueString",
      most: "valueInteger",
      until: "valueDateTime",
    },
  },
  "Task/[id]/$export-decide": { takes: { decision: "valueCode", reason: "valueString" } },
  "Task/[id]/$export": { takes: {} },
  "$export-mark": { get: true, takes: { code: "valueString" }, lists: [] },
  "[type]/[id]/$sign": { takes: { version: "valueString", purpose: "valueString" } },
  "[type]/[id]/$verify-signature": { get: true, takes: {}, lists: ["signature", "signature.reason", "signature.change"] },
  "Subscription/$status": { get: true, takes: {} },
  "Subscription/[id]/$status": { get: true, takes: {} },
  "Subscription/[id]/$events": { get: true, takes: {} },
  "Subscription/$get-ws-binding-token": { get: true, takes: {} },
  "Subscription/[id]/$get-ws-binding-token": { get: true, takes: {} },
  "$rules-find": {
    get: true,
    takes: { rule: "valueString", region: "valueString", at: "valueDate", key: "valueString" },
    lists: [],
  },
  "$rules-list": {
    get: true,
    takes: { rule: "valueString", region: "valueString" },
    lists: ["rule", "rule.key", "rule.key.code", "rule.code", "rule.today", "rule.today.key", "rule.row", "rule.row.key", "rule.version"],
  },
  "$rules-export": { get: true, takes: { rule: "valueString", kind: "valueCode" } },
  "$rules-import": {
    takes: {
      file: "resource",
      name: "valueString",
      rule: "valueString",
      region: "valueString",
      from: "valueDate",
      note: "valueString",
      check: "valueBoolean",
    },
    lists: ["draft"],
  },
  "Library/[id]/$rules-try": { get: true, takes: {}, lists: ["case", "case.key"] },
  "$workdays": {
    get: true,
    takes: { from: "valueDate", to: "valueDate", region: "valueString" },
    lists: ["day", "unknown"],
  },
  "$rules-draft": {
    takes: {
      rule: "valueString",
      region: "valueString",
      from: "valueDate",
      note: "valueString",
      row: {
        region: "valueString",
        from: "valueDate",
        to: "valueDate",
        key: "valueString",
        value: "valueString",
        source: "valueString",
      },
    },
    lists: [],
  },
  "Library/[id]/$rules-publish": { takes: {}, lists: [] },
  "$trail-state": { get: true, takes: {}, lists: [] },
  "Task/$begin": { takes: { process: "valueString", move: "valueString", with: "resource" } },
  "Task/$beginnings": { get: true, takes: {}, lists: ["move"] },
  "Task/[id]/$moves": { get: true, takes: {}, lists: ["party", "kept", "kept.code", "move"] },
  "Task/[id]/$move": { takes: { move: "valueString", with: "resource" } },
  "Task/$move-many": { takes: { case: "valueReference", move: "valueString", with: "resource" }, lists: ["outcome"] },
  "Task/$inbox": {
    get: true,
    takes: {
      of: "valueCode",
      process: "valueString",
      late: "valueBoolean",
      count: "valueInteger",
      counts: "valueBoolean",
      page: "valueString",
    },
    lists: ["case", "count"],
  },
  "Task/$board": {
    get: true,
    takes: { process: "valueString", days: "valueInteger" },
    lists: ["process", "state", "institution", "day"],
  },
  "Task/[id]/$move-history": { get: true, takes: {}, lists: ["step"] },
  "Task/[id]/$bring-over": { takes: {} },
  "$platform-health": { get: true, takes: {}, lists: ["part", "part.fact"] },
  "$platform-jobs": {
    get: true,
    takes: { state: "valueCode", kind: "valueString", page: "valueString" },
    lists: ["job", "pile"],
  },
  "$platform-job-again": { takes: { number: "valueString" }, lists: [] },
  "$platform-settings": { get: true, takes: {}, lists: ["setting"] },
  "$platform-outbox": { get: true, takes: { page: "valueString" }, lists: ["message"] },
};

/** The states of processes, and what their moves need, by their codes. */
export interface Processes {
  "access-question": {
    state:
      | "open" | "explaining" | "answered" | "disputed" | "escalated" | "accepted" | "settled" | "found"
      | "withdrawn";
    moves: {
      ask: {
        event: string;
        question?: string | undefined;
      };
      "ask-looker": Record<string, never>;
      explain: {
        text: string;
      };
      answer: {
        verdict: "justified" | "not-justified";
        explanation: string;
        measures?: string | undefined;
      };
      accept: Record<string, never>;
      dispute: {
        why: string;
      };
      withdraw: Record<string, never>;
      remind: {
        text: string;
      };
      find: {
        verdict: "justified" | "not-justified";
        reasons: string;
      };
      escalate: Record<string, never>;
      settle: Record<string, never>;
    };
  };
  correction: {
    state:
      | "open" | "assigned" | "refused" | "appealed" | "escalated" | "ordered" | "order-late" | "corrected"
      | "upheld" | "settled" | "enforced" | "withdrawn";
    moves: {
      request: {
        record: string;
        wrong: string;
        "should-be": string;
        element?: string | undefined;
        proposed?: string | undefined;
      };
      assign: {
        post: string;
      };
      correct: {
        note?: string | undefined;
      };
      refuse: {
        reason:
          | "accurate" | "judgement" | "unproven" | "not-ours" | "kept-by-law" | "other";
        why: string;
      };
      appeal: {
        why: string;
      };
      withdraw: Record<string, never>;
      remind: {
        text: string;
      };
      order: {
        text: string;
      };
      uphold: {
        text: string;
      };
      "remind-order": {
        text: string;
      };
      enforce: {
        text: string;
      };
      escalate: Record<string, never>;
      "escalate-order": Record<string, never>;
      settle: Record<string, never>;
    };
  };
}
