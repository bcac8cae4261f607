export interface paths {
    "/api/v1/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What this server is and can do */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The capabilities; `workPlane` is null until it has answered once. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Capabilities"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mode, source and health */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Mode, source and health. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModeStatus"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at the Beads source now */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Mode, source and health. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModeStatus"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Choose the Beads source */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UrlSource"] | components["schemas"]["FolderSource"];
                };
            };
            responses: {
                /** @description Mode, source and health. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModeStatus"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status/remote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give the Beads source a remote */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RemoteSetUp"];
                };
            };
            responses: {
                /** @description Mode, source and health. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ModeStatus"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List beads
         * @description By priority, then newest first, from the projection.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Beads a page; 200 when absent. */
                    limit?: number;
                    cursor?: string;
                    /** @description Any of these lanes. */
                    state?: ("backlog" | "unstarted" | "staged" | "started" | "completed")[];
                    /** @description Any of these types. */
                    type?: string[];
                    /** @description All of these labels. */
                    label?: string[];
                    /** @description Found in the id or the title, whatever the case. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of beads. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadPage"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /** Create a bead */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewBead"];
                };
            };
            responses: {
                /** @description The new bead. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a bead
         * @description Answers 304 when `If-None-Match` names what is shown. The tag serves for `If-Match` as well.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bead; `ETag` holds its version and what is shown around it. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Delete a bead */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Deleted. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /**
         * Edit a bead
         * @description With `If-Match` only when its version is still that one.
         */
        patch: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["BeadPatch"];
                };
            };
            responses: {
                /** @description The bead as it is now; `ETag` holds its version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/beads/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close a bead */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CloseBead"];
                };
            };
            responses: {
                /** @description The bead as it is now; `ETag` holds its version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reopen a bead */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReopenBead"];
                };
            };
            responses: {
                /** @description The bead as it is now; `ETag` holds its version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/board": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole board in columns
         * @description Every bead, by priority, then newest first, from the projection. For viewers that show them all.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The board. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BoardTable"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what was done to a bead
         * @description Newest first, as the Beads database remembers it; comments and dependencies leave no trace there.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Changes to tell; 100 when absent. */
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The newest changes. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadHistory"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Comment on a bead */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewComment"];
                };
            };
            responses: {
                /** @description The bead with its comments, the new one last. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}/dependencies/{target}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let a bead depend on another */
        put: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                    target: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DependencyKind"];
                };
            };
            responses: {
                /** @description The bead as it is now; `ETag` holds its version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        /** Remove a dependency */
        delete: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                    "if-match"?: string;
                };
                path: {
                    id: string;
                    target: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bead as it is now; `ETag` holds its version. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadDetail"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the Beads history
         * @description Entries of the session manifest that are about the current source, newest first; parsed anew each time. Lines that are no entries are warnings. New entries come as `manifest.appended` events.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Entries a page; 50 when absent. */
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of the history. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadsHistory"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Judge beads that might be imported
         * @description A text of JSON lines of at most 32 MiB, `application/x-ndjson`: as `bd export` or `gemba beads export` writes it. Says what would become of each line, and writes nothing: follow the answer until it is `planned`.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The import, being judged. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadsImport"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-import/{import}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an import is */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    import: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The import. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadsImport"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-import/{import}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What becomes of each line
         * @description In the order of the lines; once it was carried out, what became of them. Of an import that failed too: what was not written is `refused` as `broken_off`, and goes in when the same text is imported again.
         */
        get: {
            parameters: {
                query?: {
                    verdict?: "created" | "updated" | "skipped" | "refused";
                    /** @description Words that bead, field or reason contain. */
                    q?: string;
                    /** @description Default 200. */
                    limit?: number;
                    /** @description `next` of the page before. */
                    after?: number;
                };
                header?: never;
                path: {
                    import: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of lines. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadsImportLines"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-import/{import}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Carry out an import as it was judged
         * @description In steps, each whole or not at all. A line that the database no longer bears out is left alone, as `stale`.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    import: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The import, being carried out. */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BeadsImport"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads-export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export all beads
         * @description JSON lines of one moment, in the order of ids. Wisps, and settings that may be secret, stay where they are.
         */
        get: {
            parameters: {
                query?: {
                    /** @description `bd`: as `bd export` writes it (default); `columns`: every column of every row, `_table` names its table. */
                    format?: "bd" | "columns";
                    /** @description What a browser shows where it can send no header. */
                    ticket?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A file of JSON lines, `application/x-ndjson`. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start beads
         * @description Each bead is admitted or refused by itself. A single refused bead answers with its problem.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DispatchRequest"];
                };
            };
            responses: {
                /** @description What became of each bead. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DispatchAnswer"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/beads/{id}/unpark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Unpark a bead */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Unparked. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List parked beads */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Parked beads. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ParkedList"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Open ones first, each by its last change.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only open ones, or only closed ones; all, open first, when absent. */
                    open?: boolean;
                    /** @description Items a page; 200 when absent. */
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of sessions. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionPage"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Start a bead
         * @description The same as a dispatch of one bead.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSession"];
                };
            };
            responses: {
                /** @description The session that was started. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedSession"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a session */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The session. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Session"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happened to a session
         * @description Its own events and those of its escalations, oldest first; the newest page, or what was before a cursor.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Events a page; 200 when absent. */
                    limit?: number;
                    /** @description Of a page: go on with the older events. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of its events. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionHistory"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/peek": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Peek at the screen of a session */
        get: {
            parameters: {
                query?: {
                    /** @description Last lines of the screen; 100 when absent. */
                    lines?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The last lines of the screen as plain text. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Peek"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Say something to an agent
         * @description At most 8 KiB; it is typed once and submitted.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionInput"];
                };
            };
            responses: {
                /** @description On its way. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a session */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SessionEnd"];
                };
            };
            responses: {
                /** @description It is ending. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/terminal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The live terminal of a session (WebSocket)
         * @description The server sends `{type:"snapshot",columns,rows,screen,skipped}`, then terminal bytes as binary messages; also `{type:"control",on}`, `{type:"host",online}` and `{type:"error",code,message,mend}`. The viewer sends `{type:"ack",bytes}` for bytes it has drawn, and `{type:"control",on}` before `{type:"keys",data}` and `{type:"resize",columns,rows}`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description From `POST /api/v1/tickets`, where `X-GEMBA-Browser` can not be sent. */
                    ticket?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The connection is a WebSocket from here on. */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/escalations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List escalations
         * @description Open ones first, each by its last change.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only open ones, or only closed ones; all, open first, when absent. */
                    open?: boolean;
                    /** @description Items a page; 200 when absent. */
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of escalations. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EscalationPage"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/escalations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an escalation */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The escalation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Escalation"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/escalations/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer an escalation
         * @description The first answer counts; later ones hear `already_decided` and by whom.
         */
        post: {
            parameters: {
                query?: never;
                header: {
                    "x-gemba-confirm": string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Answer"];
                };
            };
            responses: {
                /** @description The decided escalation. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Escalation"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List hosts */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All hosts. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["HostList"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hosts/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The stream of an agent host (WebSocket)
         * @description For host processes with the host token; whatever comes from a browser is refused.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The connection is a WebSocket from here on. */
                101: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens
         * @description Server-sent events: `id` is `<epoch>.<number>`, `event` the kind, `data` the event. After `Last-Event-ID` or `after` the log is replayed, else it begins now. `event: resync` says: read the lists again, then go on. `event: disk` tells, at the beginning and at each change, how much room there is; it has no id.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Follow on from this event id; the header `Last-Event-ID` goes first. */
                    after?: string;
                    /** @description From `POST /api/v1/tickets`, where `X-GEMBA-Browser` can not be sent. */
                    ticket?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A stream without an end. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": components["schemas"]["GembaEvent"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nonces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepare a change
         * @description Then send exactly that request with the nonce in `X-GEMBA-Confirm`, within five minutes.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NonceRequest"];
                };
            };
            responses: {
                /** @description The nonce. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Nonce"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign this browser in
         * @description The answer sets a cookie and gives a secret. Both are asked for from then on: cookies are sent to every port of this machine, the secret to this one only.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Login"];
                };
            };
            responses: {
                /** @description Signed in. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignIn"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign this browser out
         * @description Ends the streams and sockets that it has open. A bearer token stays good.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed out. */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prepare to open a stream or a WebSocket
         * @description Browsers can give those no header: they name the ticket in `ticket=`, within half a minute, once.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TicketRequest"];
                };
            };
            responses: {
                /** @description The ticket. */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Ticket"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OpenAPI document */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description OpenAPI 3.1. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server is well
         * @description Answers 503 with the same body while a part is not well.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All parts are well. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description A problem with its code and what to do. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Actor: {
            name: string;
            /** @enum {string} */
            via: "console" | "api" | "cli" | "chat" | "terminal" | "system";
            why?: string;
        };
        Admitted: {
            bead: string;
            /** @constant */
            admitted: true;
            session: string;
        };
        AgentCapabilities: {
            name: string;
        };
        Answer: {
            /** @description One of the options, or `text`. */
            value: string;
            text?: string;
        };
        BeadDetail: {
            id: string;
            title: string;
            status: string;
            /** @enum {string} */
            state: "backlog" | "unstarted" | "staged" | "started" | "completed";
            priority: number;
            type: string;
            assignee: string | null;
            labels: string[];
            parent: string | null;
            blockedBy: string[];
            blocks: string[];
            ready: boolean;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When its row was last written.
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description The newest of its row, its comments, the edges from it and its labels.
             */
            modifiedAt: string;
            closedAt: string | null;
            deferUntil: string | null;
            /** @description Whether it has acceptance criteria. */
            hasAcceptance: boolean;
            commentCount: number;
            /** @description Grows with every change the server reads; drop what is older. */
            revision: number;
            description: string;
            design: string;
            acceptance: string;
            notes: string;
            owner: string;
            createdBy: string;
            closeReason: string;
            externalRef: string | null;
            estimatedMinutes: number | null;
            dueAt: string | null;
            startedAt: string | null;
            metadata: {
                [key: string]: unknown;
            };
            dependencies: components["schemas"]["Edge"][];
            dependents: components["schemas"]["Edge"][];
            comments: components["schemas"]["Comment"][];
            /** @description The value of `ETag` without its quotes. */
            etag: string;
        };
        BeadEvent: {
            id: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            at: string;
            actor: string;
            kind: string;
            changes: components["schemas"]["BeadFieldChange"][];
            text: string;
        };
        BeadFieldChange: {
            field: string;
            before: string | null;
            after: string;
        };
        BeadHistory: {
            items: components["schemas"]["BeadEvent"][];
            more: boolean;
            /** @description False where the source keeps no history that can be read. */
            recorded: boolean;
        };
        BeadPage: {
            items: components["schemas"]["BeadSummary"][];
            cursor: string | null;
            /** @description The event id to follow on from: `GET /api/v1/events?after=`. */
            event: string;
        };
        BeadPatch: {
            title?: string;
            description?: string;
            design?: string;
            acceptance?: string;
            notes?: string;
            status?: string;
            /** @description 0 is the highest, 4 the lowest. */
            priority?: number;
            type?: string;
            externalRef?: string | null;
            estimatedMinutes?: number | null;
            dueAt?: string | null;
            deferUntil?: string | null;
            metadata?: {
                [key: string]: unknown;
            };
            parent?: string | null;
            assignee?: string | null;
            addLabels?: string[];
            removeLabels?: string[];
        };
        BeadSummary: {
            id: string;
            title: string;
            status: string;
            /** @enum {string} */
            state: "backlog" | "unstarted" | "staged" | "started" | "completed";
            priority: number;
            type: string;
            assignee: string | null;
            labels: string[];
            parent: string | null;
            blockedBy: string[];
            blocks: string[];
            ready: boolean;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When its row was last written.
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description The newest of its row, its comments, the edges from it and its labels.
             */
            modifiedAt: string;
            closedAt: string | null;
            deferUntil: string | null;
            /** @description Whether it has acceptance criteria. */
            hasAcceptance: boolean;
            commentCount: number;
            /** @description Grows with every change the server reads; drop what is older. */
            revision: number;
        };
        BeadsHistory: {
            /** @description Newest first. There may be none and still older ones. */
            items: components["schemas"]["ManifestEntry"][];
            /** @description Lines of this page that are no entries. */
            warnings: components["schemas"]["ManifestWarning"][];
            state: components["schemas"]["ManifestState"];
            cursor: string | null;
        };
        BeadsImport: {
            id: string;
            /** @enum {string} */
            state: "judging" | "planned" | "importing" | "done" | "failed";
            /** @description Rows that are judged or taken; a line may stand for several. */
            done: number;
            /** @description Zero until the text has been read. */
            total: number;
            counts: components["schemas"]["VerdictCounts"] | null;
            problem: components["schemas"]["Problem"] | null;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            expiresAt: string;
        };
        BeadsImportLine: {
            file: string;
            /** @description Counted from 1. */
            line: number;
            bead: string;
            /** @enum {string} */
            verdict: "created" | "updated" | "skipped" | "refused";
            /** @enum {string} */
            reason: "new" | "newer" | "same" | "older" | "conflict" | "kept" | "held" | "malformed" | "invalid" | "cycle" | "stale" | "broken_off" | "unknown";
            /** @description In words. */
            why: string[];
            /** @description Columns in which the line and the database differ. */
            changes: string[];
        };
        BeadsImportLines: {
            items: components["schemas"]["BeadsImportLine"][];
            /** @description How many there are on all pages. */
            total: number;
            next: number | null;
        };
        /** @description Every bead in columns: row n of each column is of the same bead. */
        BoardTable: {
            /** @description The event id to follow on from: `GET /api/v1/events?after=`. */
            event: string;
            /** @description Texts that come again; the ids of the beads come first. */
            words: string[];
            title: string[];
            /** @description Numbers into `words`; -1 for none. */
            status: number[];
            /** @description Numbers into `words`; -1 for none. */
            state: number[];
            /** @description 0 is the highest, 4 the lowest. */
            priority: number[];
            /** @description Numbers into `words`; -1 for none. */
            type: number[];
            /** @description Numbers into `words`; -1 for none. */
            assignee: number[];
            /** @description Numbers into `words`; -1 for none. */
            labels: number[][];
            /** @description Numbers into `words`; -1 for none. */
            parent: number[];
            /** @description Numbers into `words`; -1 for none. */
            blockedBy: number[][];
            /** @description Only rows that hold back others than those which say so in `blockedBy` and are not done: the row, and words. */
            blocks: number[][];
            /** @description 1 for beads that can be started. */
            ready: number[];
            /** @description Seconds from the row before, the first from 1970. */
            createdAt: number[];
            /** @description Seconds from `createdAt`. */
            updatedAt: number[];
            /** @description Seconds from the row before, the first from 1970; null where it is `updatedAt`. */
            modifiedAt: (number | null)[];
            /** @description Seconds from `updatedAt`; null for none. */
            closedAt: (number | null)[];
            /** @description Seconds from 1970; null for none. */
            deferUntil: (number | null)[];
            /** @description 1 for beads with acceptance criteria. */
            hasAcceptance: number[];
            /** @description How many comments each has. */
            commentCount: number[];
            /** @description From the row before; the number itself grows with every change the server reads. */
            revision: number[];
        };
        Capabilities: {
            /** @enum {string} */
            mode: "full" | "beads_only";
            profile: components["schemas"]["CapabilityProfile"];
            source: components["schemas"]["ModeSource"] | null;
            manifest_path: string | null;
            /** @description Started with `--beads-read-only`. */
            beads_read_only: boolean;
            version: string;
            person: string;
            project: components["schemas"]["ProjectCapabilities"];
            workPlane: components["schemas"]["WorkPlaneState"] | null;
            orchestration: components["schemas"]["OrchestrationManifest"] | null;
            disk: components["schemas"]["DiskState"];
            lanes: components["schemas"]["Lane"][];
            links: components["schemas"]["Links"];
        };
        /** @description What this server offers; whatever is not in the list is refused and not shown. */
        CapabilityProfile: {
            /** @enum {string} */
            mode: "full" | "beads_only";
            /** @description Started read-only; a source may refuse writes for reasons of its own. */
            readOnly: boolean;
            surfaces: ("board" | "backlog" | "graph" | "details" | "authoring" | "history" | "source-selection" | "sessions" | "dispatch" | "cascades" | "escalations" | "hosts" | "walk" | "review" | "orchestration-setup" | "project-onboarding")[];
        };
        CloseBead: {
            reason: string;
            /** @description Also with open blockers or children. */
            force?: boolean;
        };
        Comment: {
            id: string;
            author: string;
            text: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            createdAt: string;
        };
        Decision: {
            value: string;
            text: string;
            by: string;
            via: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            at: string;
        };
        DependencyKind: {
            kind: string;
        };
        /** @description Where there is least room. `low`: nothing new is started. `full`: hardly anything can be written. */
        DiskState: {
            /** @enum {string} */
            status: "ok" | "low" | "full";
            folder: string;
            freeBytes: number;
            leastBytes: number;
            left: string;
            wanted: string;
        };
        DispatchAnswer: {
            /** @description One a bead, in the order of the request. */
            results: (components["schemas"]["Admitted"] | components["schemas"]["Refused"])[];
        };
        DispatchRequest: {
            items: components["schemas"]["NewSession"][];
        };
        Edge: {
            from: string;
            to: string;
            kind: string;
        };
        Escalation: {
            id: string;
            project: string;
            /** @enum {string} */
            source: "permission_prompt" | "question" | "blocker" | "bead_done_with_dirty_worktree" | "integration_conflict" | "integration_blocked" | "bead_moved" | "host_offline" | "stray_pane" | "unknown_holder" | "review";
            /** @enum {string} */
            urgency: "blocking" | "advisory";
            session: string | null;
            bead: string | null;
            host: string | null;
            title: string;
            text: string;
            options: components["schemas"]["EscalationOption"][];
            freeText: boolean;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            createdAt: string;
            /** @enum {string} */
            state: "open" | "decided" | "delivered" | "unconfirmed" | "moot";
            decision: components["schemas"]["Decision"] | null;
            note: string;
        };
        EscalationOption: {
            value: string;
            label: string;
            /** @enum {string} */
            tone: "positive" | "negative" | "destructive" | "neutral";
        };
        EscalationPage: {
            items: components["schemas"]["Escalation"][];
            cursor: string | null;
        };
        EventBody: {
            /** @constant */
            kind: "bead.changed";
            bead: components["schemas"]["BeadSummary"];
        } | {
            /** @constant */
            kind: "bead.deleted";
            bead: string;
        } | {
            /** @constant */
            kind: "beads.reread";
        } | {
            /** @constant */
            kind: "bead.released";
            bead: string;
            session: string;
            why: string;
        } | {
            /** @constant */
            kind: "bead.parked";
            bead: string;
            why: string;
        } | {
            /** @constant */
            kind: "bead.unparked";
            bead: string;
        } | {
            /** @constant */
            kind: "session.changed";
            session: components["schemas"]["Session"];
        } | {
            /** @constant */
            kind: "session.refused";
            session: string;
            bead: string;
            code: string;
            message: string;
        } | {
            /** @constant */
            kind: "escalation.changed";
            escalation: components["schemas"]["Escalation"];
        } | {
            /** @constant */
            kind: "host.changed";
            host: components["schemas"]["Host"];
        } | {
            /** @constant */
            kind: "work-plane.changed";
            healthy: boolean;
            why: string;
            code?: string | null;
            mend?: string;
        } | {
            /** @constant */
            kind: "manifest.appended";
            entry: components["schemas"]["ManifestEntry"];
        } | {
            /** @constant */
            kind: "manifest.changed";
            state: components["schemas"]["ManifestState"];
        };
        FolderSource: {
            /** @enum {string} */
            kind: "worktree" | "beads_dir";
            /** @description An absolute path on the machine of the server. */
            folder: string;
            /** @description Make a Beads database where there is none. */
            initialise?: boolean;
            /** @description Prefix of the ids of a database that is made. */
            prefix?: string;
        };
        GembaEvent: {
            /** @description Without a gap, in the order of commit. */
            number: number;
            source: string;
            sourceRevision: number;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            at: string;
            actor: components["schemas"]["Actor"];
            body: components["schemas"]["EventBody"];
        };
        Health: {
            ok: boolean;
            parts: {
                [key: string]: components["schemas"]["PartHealth"];
            };
        };
        Host: {
            id: string;
            label: string;
            /** @enum {string} */
            status: "enrolling" | "online" | "degraded" | "offline" | "revoked";
            kinds: string[];
            slots: number;
            lastSeen: string | null;
            version: string;
        };
        HostList: {
            items: components["schemas"]["Host"][];
        };
        Lane: {
            /** @enum {string} */
            state: "backlog" | "unstarted" | "staged" | "started" | "completed";
            title: string;
        };
        Links: {
            temporalUi: string | null;
        };
        Login: {
            token: string;
        };
        ManifestEntity: {
            /** @enum {string} */
            type: "bead" | "epic" | "milestone" | "decision" | "source";
            id: string;
            title: string;
        };
        ManifestEntry: {
            event_id: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            occurred_at: string;
            actor: string;
            /** @constant */
            mode: "beads_only";
            source: components["schemas"]["ManifestSource"];
            /** @enum {string} */
            action: "work_item.state_changed" | "work_item.created" | "epic.created" | "milestone.created" | "decision.created" | "work_item.edited" | "work_item.deleted" | "dependency.changed" | "source.connected";
            entity: components["schemas"]["ManifestEntity"];
            before: {
                [key: string]: unknown;
            };
            after: {
                [key: string]: unknown;
            };
            /** @description One sentence in the past tense, without who did it. */
            summary: string;
        };
        ManifestSource: {
            /** @enum {string} */
            kind: "url" | "worktree" | "beads_dir" | "project";
            display: string;
        };
        ManifestState: {
            path: string;
            /** @enum {string} */
            status: "ok" | "failed" | "off";
            why: string;
            /** @description Entries that should be in the file and are not; most of them wait for the next try. */
            lost: number;
        };
        ManifestWarning: {
            line: number | null;
            /** @enum {string} */
            kind: "torn" | "malformed" | "oversized" | "unreadable";
            why: string;
        };
        ModeSource: {
            /** @enum {string} */
            kind: "url" | "worktree" | "beads_dir" | "project";
            display: string;
            readonly: boolean;
        };
        /** @description Mode, source and health; `source` is null until one is chosen. */
        ModeStatus: {
            /** @enum {string} */
            mode: "full" | "beads_only";
            source: components["schemas"]["ModeSource"] | null;
            /** @description Names the open source. A change that carries it in `X-GEMBA-Source` is refused once it is another. */
            source_id: string;
            project_required: boolean;
            orchestration_required: boolean;
            manifest_path: string | null;
            beads_read_only: boolean;
            /** @description Whether the server finds `bd`: without it a folder is opened only if a Dolt server keeps its database, and none is made. */
            bd_found: boolean;
            health: components["schemas"]["SourceHealth"];
            /** @enum {string} */
            privilege: "read_write" | "read_only" | "unknown";
            read_only_reason: string | null;
            last_sync: string | null;
            remote: components["schemas"]["RemoteState"] | null;
            manifest: components["schemas"]["ManifestState"];
        };
        NewBead: {
            title: string;
            description?: string;
            design?: string;
            acceptance?: string;
            notes?: string;
            status?: string;
            /** @description 0 is the highest, 4 the lowest. */
            priority?: number;
            type?: string;
            externalRef?: string | null;
            estimatedMinutes?: number | null;
            dueAt?: string | null;
            deferUntil?: string | null;
            metadata?: {
                [key: string]: unknown;
            };
            parent?: string | null;
            id?: string;
            labels?: string[];
            assignee?: string;
            dependencies?: components["schemas"]["NewDependency"][];
        };
        NewComment: {
            text: string;
        };
        NewDependency: {
            to: string;
            kind: string;
        };
        NewSession: {
            bead: string;
            agent?: string;
            host?: string;
            /** @description Start although blockers are open. */
            force?: boolean;
        };
        Nonce: {
            /** @description Send it in `X-GEMBA-Confirm`. */
            nonce: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            expiresAt: string;
        };
        NonceRequest: {
            /** @enum {string} */
            method: "POST" | "PUT" | "PATCH" | "DELETE";
            /** @description As in the request that will follow. */
            path: string;
            /** @description As in the request that will follow; absent when it has none. */
            body?: unknown;
            /** @description The `If-Match` of the request that will follow; absent when it has none. */
            ifMatch?: string;
        };
        OrchestrationManifest: {
            /** @enum {string} */
            adaptor: "native" | "gastown" | "mock";
            version: string;
            workspaceKinds: ("worktree" | "container" | "exec")[];
            peek: ("transcript" | "screen")[];
            liveTerminal: boolean;
            input: boolean;
        };
        ParkedBead: {
            bead: string;
            why: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            since: string;
        };
        ParkedList: {
            items: components["schemas"]["ParkedBead"][];
        };
        PartHealth: {
            ok: boolean;
            why: string;
        };
        Peek: {
            text: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            /** @description What happened, for a person. */
            detail: string;
            /** @description What to do about it. */
            mend: string;
            params: {
                [key: string]: string;
            };
        };
        ProjectCapabilities: {
            id: string;
            name: string;
            prefix: string;
            repositories: components["schemas"]["RepositoryCapabilities"][];
            agents: components["schemas"]["AgentCapabilities"][];
            defaultAgent: string;
            maxSessions: number;
        };
        Refused: {
            bead: string;
            /** @constant */
            admitted: false;
            code: string;
            params: {
                [key: string]: string;
            };
            message: string;
            mend: string;
        };
        RemoteSetUp: {
            name: string;
            url: string;
        };
        RemoteState: {
            configured: boolean;
            name: string;
            /** @description Its address, without secrets. */
            display: string;
            /** @enum {string} */
            reachable: "yes" | "no" | "unknown";
            why: string;
        };
        ReopenBead: {
            reason: string;
        };
        RepositoryCapabilities: {
            id: string;
            base: string;
            /** @enum {string} */
            integration: "merge" | "push" | "pr" | "none";
        };
        Session: {
            id: string;
            project: string;
            bead: string;
            beadTitle: string;
            repository: string;
            host: string;
            agent: string;
            /** @enum {string} */
            status: "initializing" | "ready" | "working" | "prompting" | "stalled" | "suspended" | "integrating" | "completed" | "failed";
            note: string;
            /** @description Its host does not answer, and it can do nothing without it. */
            waitsForHost: boolean;
            closeReason: ("bead_done" | "user_stop" | "start_refused" | "start_failed" | "transport_error" | "provider_exit" | "bead_moved") | null;
            fence: number;
            branch: string;
            worktree: string | null;
            startedBy: components["schemas"]["Actor"];
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            startedAt: string;
            endedAt: string | null;
            digest: components["schemas"]["WorkDigest"];
            openEscalations: string[];
            integratedAs: string | null;
        };
        SessionEnd: {
            /**
             * @description `completed` closes as it stands and keeps the work; `canceled` stops and gives the bead back.
             * @enum {string}
             */
            mode: "completed" | "canceled";
        };
        SessionHistory: {
            items: components["schemas"]["GembaEvent"][];
            cursor: string | null;
        };
        SessionInput: {
            text: string;
        };
        SessionPage: {
            items: components["schemas"]["Session"][];
            cursor: string | null;
        };
        SignIn: {
            /** @description Send it in `X-GEMBA-Browser`. Empty where nobody has to sign in. */
            secret: string;
        };
        SourceHealth: {
            healthy: boolean;
            /** @description What happened, for a person. */
            why: string;
            code: string | null;
            /** @description What to do about it. */
            mend: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            since: string;
        };
        StartedSession: {
            bead: string;
            session: string;
        };
        Ticket: {
            ticket: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            expiresAt: string;
        };
        TicketRequest: {
            /** @description What will be opened, without a query. */
            path: string;
        };
        UrlSource: {
            /** @enum {string} */
            kind: "url";
            /** @description mysql://user:password@host:port/database, or dolt://. */
            url: string;
        };
        /** @description Lines by what becomes of them. */
        VerdictCounts: {
            created: number;
            updated: number;
            skipped: number;
            refused: number;
        };
        WorkDigest: {
            tokensIn: number;
            tokensOut: number;
            filesChanged: number;
            commits: number;
        };
        /** @description The work plane and whether it answers. */
        WorkPlaneState: {
            healthy: boolean;
            /** @description What happened, for a person. */
            why: string;
            code: string | null;
            /** @description What to do about it. */
            mend: string;
            /**
             * Format: date-time
             * @description An instant, RFC 3339.
             */
            since: string;
            adaptor: string;
            display: string;
            schemaVersion: number;
            prefix: string;
            readOnly: boolean;
            readOnlyReason: string | null;
            /** @enum {string} */
            watch: "hash" | "slow" | "none";
            compareAndSet: boolean;
            concurrentChildren: boolean;
            statuses: string[];
            types: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
