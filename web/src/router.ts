import type { Router, RouteRecordRaw } from 'vue-router'
import { createRouter, createWebHistory } from 'vue-router'
import { surfaceNames } from '../../model/surface-names.ts'
import BoardPage from './pages/BoardPage.vue'

/** Pages by job; everything but the board is loaded when it is first opened. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', redirect: '/board' },
      { path: '/board/:bead?', name: 'board', component: BoardPage, meta: { title: 'Board' } },
      {
        path: '/backlog/:bead?',
        name: 'backlog',
        component: () => import('./pages/BacklogPage.vue'),
        meta: { title: 'Backlog', surface: 'backlog' },
      },
      {
        path: '/sessions',
        name: 'sessions',
        component: () => import('./pages/SessionsPage.vue'),
        meta: { title: 'Sessions', surface: 'sessions' },
      },
      {
        path: '/sessions/:session',
        name: 'session',
        component: () => import('./pages/SessionPage.vue'),
        meta: { title: 'Session', surface: 'sessions' },
      },
      {
        path: '/inbox',
        name: 'inbox',
        component: () => import('./pages/InboxPage.vue'),
        meta: { title: 'Inbox', surface: 'escalations' },
      },
      {
        path: '/hosts',
        name: 'hosts',
        component: () => import('./pages/HostsPage.vue'),
        meta: { title: 'Hosts', surface: 'hosts' },
      },
      {
        path: '/exchange',
        name: 'exchange',
        component: () => import('./pages/ExchangePage.vue'),
        meta: { title: 'Import and export' },
      },
      ...reserved(),
      {
        path: '/:path(.*)*',
        name: 'nowhere',
        component: () => import('./pages/NowherePage.vue'),
        meta: { title: 'Nothing here' },
      },
    ],
  })
}

/** Addresses of what a mode may lack: there it is said to be unavailable; elsewhere there is nothing at them yet. */
function reserved(): RouteRecordRaw[] {
  return Object.entries(surfaceNames).flatMap(([surface, { title, leads }]) =>
    leads.map((lead) => ({
      path: `/${lead}/:rest(.*)*`,
      component: () => import('./pages/NowherePage.vue'),
      meta: { title: 'Nothing here', surface, missing: title },
    })),
  )
}
