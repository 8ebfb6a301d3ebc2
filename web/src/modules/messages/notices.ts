import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Both, Notice, NoticeCount, Notices } from "../../api/declared";
import { ask } from "../../api/http";
import { useActing } from "../../app/session";
import type { Language } from "../../words";

export type { Notice };

export const keys = { all: ["messages"] as const, list: ["messages", "list"] as const, count: ["messages", "count"] as const };

/** A text in a language; in the other one where it has only that. */
export const bothOf = (text: Both, language: Language): string => (language === "en" ? text.en || text.zh : text.zh || text.en) ?? "";

/** The page of the app that has what a notice tells of; "" for none. */
export function linkOf(notice: Pick<Notice, "about">): string {
  const about = notice.about?.[0] ?? "";
  if (about.startsWith("Task/")) return `/cases/${about.slice("Task/".length)}`;
  if (about.startsWith("Appointment/")) return `/booking/visits/${about.slice("Appointment/".length)}`;
  return about.includes("/") ? `/record/${about}` : "";
}

/** Puts unread notices before those that were read; each part stays newest first. */
export const unreadFirst = (all: Notice[]): Notice[] => [...all.filter((n) => !n.read), ...all.filter((n) => n.read)];

/** How many notices are unread. */
export function useUnread() {
  return useQuery({ queryKey: keys.count, queryFn: async ({ signal }) => (await ask<NoticeCount>("/notices/count", { signal })).data, refetchInterval: 300_000 });
}

/** The notices, page by page. */
export function useNotices(unread: boolean, most = 20) {
  const { source } = useActing();
  return useInfiniteQuery({
    queryKey: [...keys.list, source, unread, most],
    queryFn: async ({ pageParam, signal }) => {
      const q = new URLSearchParams({ most: String(most), ...(unread && { unread: "true" }), ...(pageParam && { before: pageParam }) });
      return (await ask<Notices>(`/notices?${q}`, { signal })).data;
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: (before) => before,
  });
}

/** Marks notices as read, at once on the page; it goes back if the server refuses. */
export function useMark() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | "all") => ask(id === "all" ? "/notices/read-all" : `/notices/${id}/read`, { method: "POST", body: {} }),
    onMutate: async (id) => {
      await client.cancelQueries({ queryKey: keys.all });
      const before = client.getQueriesData<InfiniteData<Notices>>({ queryKey: keys.list });
      const now = new Date().toISOString();
      const mark = (n: Notice) => (id === "all" || n.id === id ? { ...n, read: n.read ?? now } : n);
      client.setQueriesData<InfiniteData<Notices>>({ queryKey: keys.list }, (data) => data && { ...data, pages: data.pages.map((p) => ({ ...p, notices: p.notices.map(mark) })) });
      return before;
    },
    onError: (_error, _id, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.all }),
  });
}
