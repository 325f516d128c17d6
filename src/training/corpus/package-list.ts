/** Where a package comes from: the source or binary packages of a Debian suite, or the npm registry. */
export type PackageOrigin = 'debian-source' | 'debian-binary' | 'npm';

/** Packages of one origin for some languages. */
export interface PackageGroup {
  origin: PackageOrigin;
  pin: string;
  languages: string;
  /** A line per licence: SPDX expression, colon, names. */
  packages: string;
}

const debian = (languages: string, packages: string, pin = 'trixie'): PackageGroup => ({
  origin: 'debian-source',
  pin,
  languages,
  packages,
});
const binary = (languages: string, packages: string): PackageGroup => ({
  ...debian(languages, packages),
  origin: 'debian-binary',
});
const npm = (languages: string, packages: string): PackageGroup => ({
  origin: 'npm',
  pin: '',
  languages,
  packages,
});

/**
 * The packages of the training corpus, all under permissive licences. An npm name may have a version after "@", a
 * Debian name its suite after "/".
 */
export const packageGroups: readonly PackageGroup[] = [
  debian(
    'lua',
    `MIT: luarocks lua-lpeg
Apache-2.0: lua-luv neovim
ISC: vis
Zlib: love`,
  ),
  npm(
    'lua',
    `MIT: @quenty/spring@10.12.1 @quenty/camera@14.55.1 @quenty/datastore@13.57.0 @quenty/snackbar@11.56.0
MIT: @quenty/clienttranslator@14.47.5 @quenty/templateprovider@11.53.0 @quenty/rogue-properties@11.62.0
MIT: @quenty/radial-image@9.51.0 @quenty/propertyvalue@7.37.0 @quenty/memorystoreutils@6.24.0
MIT: @quenty/overriddenproperty@10.18.0 @rbxts/react@17.2.3 @rbxts/jest@0.1.0 @rbxts/cmdr@1.12.1
MIT: @rbxts/iris@2.3.1-ts.1 @rbxts/net@3.0.10 @rbxts/roact@3.0.1 @rbxts/vide@0.6.1 @rbxts/sift@0.0.9
MIT: @rbxts/janitor@1.1.2 @rbxts/profileservice@1.4.2 @rbxts/topbar-plus@3.2.5 @rbxts/testez@0.0.1
MIT: @rbxts/luau-polyfill@1.1.3 @rbxts/charm@0.11.0 @rbxts/lapis@0.3.8 @rbxts/reflex@4.3.1
MIT: @rbxts/fastcast@1.4.0 @rbxts/pretty-format@0.1.0`,
  ),
  binary(
    'lua',
    `MIT: lua-penlight prosody lua-busted lua-http lua-argparse lua-say lua-luassert lua-cliargs lua-ldoc
MIT: lua-socket lua-lgi lua-copas lua-sec lua-dbi-common lua-basexx lua-system lua-mediator fennel
MIT: wireplumber lua-logging lua-inspect lua-ansicolors lua-coxpcall lua-cosmo lua-wsapi lua-markdown
MIT: lua-unit lua-json lua-cqueues lua-lpeg-patterns lua-xmlrpc lua-soap lua-uri lua-luaossl lua-fifo
MIT: lua-binaryheap lua-compat53
Apache-2.0: lua-nvim
BSD-2-Clause: lua-resty-core lua-resty-lrucache`,
  ),
  binary(
    'bash',
    `MIT: git-extras neofetch ruby-build rbenv zsh-autosuggestions xdg-utils pyenv mmdebstrap zsh-common
Apache-2.0: bashtop shunit2 kubectx
BSD-2-Clause: openrc git-flow
BSD-3-Clause: zsh-syntax-highlighting
ISC: ifupdown-ng`,
  ),
  binary('elixir', `Apache-2.0: elixir-ex-doc rebar3`),
  binary(
    'python',
    `BSD-3-Clause: python3-networkx python3-celery python3-kombu python3-werkzeug python3-numpy python3-sklearn
BSD-3-Clause: python3-pandas borgbackup python3-ipython python3-notebook python3-prompt-toolkit
BSD-3-Clause: python3-djangorestframework python3-uvicorn python3-django-channels python3-dask
BSD-3-Clause: python3-distributed python3-scrapy python3-websockets
BSD-2-Clause: python3-sphinx python3-pygments
MIT: python3-sqlalchemy python3-pytest python3-attr python3-urllib3 python3-trio python3-alembic black
MIT: python3-mypy python3-poetry python3-parso python3-jedi python3-virtualenv python3-textual
MIT: python3-typer python3-gunicorn python3-marshmallow python3-bottle python3-h2
Apache-2.0: python3-tornado python3-cinder python3-heat python3-botocore python3-docker python3-xarray
PSF-2.0: python3-matplotlib`,
  ),
  binary(
    'go',
    `BSD-3-Clause: golang-1.24-src
MIT: golang-github-valyala-fasthttp-dev
Apache-2.0: golang-entgo-ent-dev golang-gvisor-gvisor-dev golang-github-minio-minio-go-v7-dev`,
  ),
  binary(
    'rust',
    `MIT OR Apache-2.0: librust-hyper-dev librust-rayon-dev librust-rayon-core-dev librust-regex-dev
MIT OR Apache-2.0: librust-reqwest-dev librust-rustls-dev librust-syn-dev librust-crossbeam-channel-dev
MIT OR Apache-2.0: librust-crossbeam-epoch-dev librust-chrono-dev librust-futures-util-dev
MIT OR Apache-2.0: librust-futures-channel-dev librust-rand-dev librust-image-dev librust-async-std-dev
MIT OR Apache-2.0: librust-diesel-dev librust-actix-web-dev librust-actix-http-dev
MIT OR Apache-2.0: librust-hickory-proto-dev librust-hickory-resolver-dev librust-quinn-dev
MIT OR Apache-2.0: librust-quinn-proto-dev librust-rustix-dev librust-gix-dev librust-gix-pack-dev
MIT OR Apache-2.0: librust-gix-ref-dev librust-gix-index-dev librust-toml-edit-dev librust-sqlx-core-dev
MIT OR Apache-2.0: librust-regex-automata-dev librust-regex-syntax-dev librust-petgraph-dev
MIT OR Apache-2.0: librust-smol-dev librust-time-dev librust-indexmap-dev librust-hashbrown-dev
MIT OR Apache-2.0: librust-itertools-dev librust-object-dev librust-gimli-dev
MIT OR Apache-2.0: librust-tracing-subscriber-dev librust-h2-dev librust-nom-dev librust-tonic-dev
MIT OR Apache-2.0: librust-tower-dev librust-tower-http-dev librust-winnow-dev librust-nix-dev
MIT OR Apache-2.0: librust-ratatui-dev librust-rusqlite-dev librust-pulldown-cmark-dev librust-zbus-dev
MIT OR Apache-2.0: librust-gtk4-dev librust-hyper-util-dev librust-goblin-dev librust-bytes-dev
MIT OR Apache-2.0: librust-jiff-dev librust-nalgebra-dev librust-rav1e-dev librust-cargo-dev
MIT OR Apache-2.0: librust-winit-dev librust-async-executor-dev librust-mio-dev librust-parking-lot-dev
MIT OR Apache-2.0: librust-bstr-dev librust-csv-dev librust-ignore-dev librust-globset-dev
MIT OR Apache-2.0: librust-semver-dev librust-url-dev librust-http-dev librust-tungstenite-dev
MIT OR Apache-2.0: librust-crossterm-dev librust-syntect-dev librust-handlebars-dev librust-tera-dev
MIT OR Apache-2.0: librust-minijinja-dev librust-lalrpop-dev librust-pest-dev librust-num-bigint-dev
MIT OR Apache-2.0: librust-warp-dev librust-git2-dev librust-openssl-dev librust-dashmap-dev`,
  ),
  binary(
    'ruby',
    `MIT: rake rubocop ruby-asciidoctor ruby-faraday ruby-sequel jekyll vagrant ruby-kramdown ruby-rspec-core
MIT: ruby-rspec-mocks ruby-rspec-expectations ruby-capybara pry ruby-graphql ruby-haml ruby-thor
MIT: ruby-concurrent ruby-slim cucumber ruby-rubygems ruby-mail ruby-net-ssh capistrano ruby-rouge
MIT: ruby-excon ruby-money ruby-sprockets ruby-i18n ruby-httparty ruby-kaminari ruby-will-paginate
MIT: ruby-fog-aws ruby-fog-core mikutter ruby-grape chake ruby-carrierwave ruby-faker ruby-devise
MIT: ruby-dry-types ruby-rubocop-ast ruby-hashie ruby-addressable ruby-bunny ruby-doorkeeper ruby-omniauth
MIT: ruby-websocket-driver ruby-em-websocket ruby-octokit yard
Apache-2.0: ruby-mongo puppet-agent`,
  ),
  binary(
    'php',
    `MIT: php-doctrine-dbal php-doctrine-orm php-symfony-console php-league-csv php-faker
BSD-3-Clause: php-mockery php-sabre-dav php-nikic-fast-route phpdox php-nette-utils`,
  ),
  binary('cpp', `BSL-1.0: libasio-dev libosmium2-dev`),
  binary(
    'perl',
    `Apache-2.0: spamassassin
BSD-2-Clause: bucardo`,
  ),
  npm(
    'swift kotlin',
    `MIT: expo-router@58.0.6 expo-asset@58.0.7 expo-font@58.0.2 expo-keep-awake@58.0.1 expo-linking@58.0.5
MIT: expo-splash-screen@57.0.9 expo-application@57.0.3 expo-system-ui@57.0.4 expo-linear-gradient@57.0.2
MIT: react-native-device-info@15.0.2 expo-device@57.0.2 expo-blur@57.0.3 expo-eas-client@57.0.4
MIT: expo-structured-headers@57.0.1 expo-symbols@57.0.3 expo-localization@57.0.2 expo-sharing@58.0.4
MIT: expo-document-picker@57.0.3 react-native-haptic-feedback@3.0.0 expo-local-authentication@57.0.3
MIT: expo-apple-authentication@57.0.2 expo-network@57.0.2 expo-store-review@57.0.3
MIT: expo-glass-effect@58.0.5 expo-navigation-bar@57.0.2 expo-tracking-transparency@57.0.2
MIT: react-native-fast-image@8.18.0 @bacons/apple-targets@5.0.0 react-native-image-crop-picker@0.52.0
MIT: expo-video-thumbnails@58.0.0 expo-speech@57.0.3 expo-mail-composer@57.0.2
MIT: react-native-quick-crypto@1.1.7 expo-intent-launcher@57.0.1 expo-sms@57.0.2 expo-battery@57.0.3
MIT: react-native-ble-plx@3.5.1 expo-background-fetch@58.0.3 expo-brightness@57.0.2
MIT: expo-background-task@57.0.21 expo-cellular@56.0.5 react-native-unistyles@3.3.0
MIT: react-native-bottom-tabs@1.4.0 react-native-ble-manager@12.5.3 react-native-iap@16.7.1
MIT: expo-speech-recognition@57.1.0 expo-live-photo@57.0.2 expo-mesh-gradient@57.0.2
MIT: react-native-enriched@0.8.1 react-native-background-fetch@4.4.2 react-native-contacts@8.0.10
MIT: @capawesome/capacitor-badge@8.0.3 @capawesome/capacitor-file-picker@8.1.0
MIT: @capawesome/capacitor-app-update@8.0.5 @capacitor-community/in-app-review@8.0.0
MIT: @capacitor-community/file-opener@8.0.1 @lodev09/react-native-true-sheet@3.11.14
MIT: @op-engineering/op-sqlite@18.2.5 @capacitor-community/sqlite@8.1.1
MIT: @capacitor-community/safe-area@8.0.1 @capacitor-community/http@1.4.1
MIT: @capacitor-community/apple-sign-in@7.1.0 @aparajita/capacitor-biometric-auth@10.0.0
MIT: @aparajita/capacitor-secure-storage@8.0.1 @capacitor-community/speech-recognition@7.0.1
MIT: @capacitor-community/bluetooth-le@8.3.0 @capacitor-community/media@9.1.0
MIT: @capacitor-community/contacts@8.0.0 @capacitor-community/camera-preview@8.0.1
MIT: @capacitor-community/background-geolocation@1.2.26 @capacitor-community/barcode-scanner@4.0.1
MIT: @capacitor-community/native-audio@8.0.0 @capacitor-community/text-to-speech@8.0.2
MIT: @capacitor-community/stripe@7.2.3 @capacitor-community/admob@7.2.0
MIT: @capacitor-community/generic-oauth2@7.1.0 @capacitor-community/fcm@8.1.0
MIT: @kingstinct/react-native-healthkit@16.0.0 react-native-audio-api@0.13.6
MIT: react-native-health-connect@4.1.3 expo-iap@5.8.1 expo-maps@57.0.3
MIT: @capawesome/capacitor-live-update@8.4.3 @capawesome/capacitor-background-task@8.0.3
MIT: react-native-callkeep@4.3.16 react-native-wifi-reborn@4.13.6 react-native-executorch@0.10.2
MIT: react-native-fast-tflite@3.0.1 expo-live-activity@0.4.2 expo-widgets@58.0.2
MIT: react-native-widget-extension@0.3.0 react-native-enriched-markdown@1.0.1
MIT: react-native-live-audio-stream@1.1.1 expo-app-integrity@0.3.0
MIT: @capawesome/capacitor-app-shortcuts@8.0.1 @capawesome/capacitor-torch@7.0.2 @capacitor/device@8.0.3
MIT: @capacitor/browser@8.0.4 @capacitor/app@8.1.1 @capacitor/keyboard@8.0.5 @capacitor/preferences@8.0.1
MIT: @capacitor/haptics@8.0.2 @capacitor/status-bar@8.0.3 @capacitor/splash-screen@8.0.2
MIT: react-native-date-picker@5.0.13 react-native-permissions@5.6.2 react-native-share@12.3.1
MIT: react-native-keychain@10.0.0 react-native-localize@3.7.2 react-native-config@1.7.2
MIT: react-native-pdf@7.0.5 react-native-fs@2.20.0 react-native-blob-util@0.25.1
MIT: react-native-image-picker@8.2.1 react-native-document-picker@9.3.1
MIT: @react-native-camera-roll/camera-roll@7.10.2 @react-native-community/netinfo@12.0.1
MIT: @react-native-community/datetimepicker@9.2.1 @react-native-community/slider@5.2.1
MIT: @react-native-picker/picker@2.11.4 @react-native-google-signin/google-signin@16.1.5
Apache-2.0: @capacitor-firebase/messaging@8.5.2 @capacitor-firebase/authentication@8.5.2
Apache-2.0: @capacitor-firebase/analytics@8.5.2 @capacitor-firebase/firestore@8.5.2
Apache-2.0: @capacitor-firebase/storage@8.3.0 @capacitor-firebase/remote-config@8.5.1
Apache-2.0: react-native-track-player@4.1.2 @livekit/react-native@3.0.0
Apache-2.0: @livekit/react-native-webrtc@144.2.0 @react-native-firebase/crashlytics
Apache-2.0: @react-native-firebase/analytics @react-native-firebase/perf`,
  ),
  npm(
    'zig',
    `MIT: @opentui/core@0.5.10 @tevm/voltaire@0.2.27 ghostty-opentui@1.5.0 posix-node@0.12.0 md4w@0.2.7
MIT: zigar-compiler@0.15.2
Apache-2.0: @native-sdk/cli@0.10.1`,
  ),
  npm(
    'swift kotlin',
    `MIT: expo-modules-core@58.0.7 expo@57.0.26 expo-file-system@58.0.2 expo-camera@57.0.6
MIT: expo-notifications@58.0.2 expo-location@57.0.20 expo-sqlite@57.0.3 expo-updates@57.0.24
MIT: expo-video@58.0.1 expo-image@58.0.18 expo-audio@58.0.2 expo-image-picker@57.0.20
MIT: expo-media-library@57.0.5 expo-calendar@57.0.5 expo-contacts@57.0.6 expo-sensors@57.0.3
MIT: expo-dev-launcher@57.0.20 expo-dev-menu@57.0.18 expo-modules-autolinking@58.0.4
MIT: expo-secure-store@57.0.4 expo-task-manager@58.0.4 expo-image-manipulator@58.0.4
MIT: expo-web-browser@57.0.3 expo-clipboard@57.0.2 expo-av@16.0.8 @expo/ui@58.0.6
MIT: expo-screen-orientation@57.0.2 expo-print@57.0.2 expo-crypto@57.0.3 expo-haptics@57.0.3
MIT: @capacitor/ios@8.5.2 @capacitor/android@8.5.2 @capacitor/camera@8.2.4 @capacitor/filesystem@8.1.3
MIT: @capacitor/push-notifications@8.1.2 @capacitor/geolocation@8.2.2 @capacitor/share@8.0.2
MIT: @capacitor/network@8.0.1 @capacitor/local-notifications@8.3.1 react-native@1000.0.0
MIT: react-native-vision-camera@5.2.3 react-native-reanimated@4.7.1 react-native-screens@4.28.0
MIT: react-native-gesture-handler@3.5.0 react-native-svg@15.15.5 react-native-video@6.19.3
MIT: react-native-keyboard-controller@1.22.5 react-native-pager-view@9.0.5 react-native-maps@1.29.11
MIT: react-native-nitro-modules@0.37.1 react-native-webview@16.0.0 react-native-purchases@10.10.2
MIT: react-native-mmkv@4.3.2 react-native-ios-utilities@5.2.0 @stripe/stripe-react-native@0.78.0
MIT: @shopify/react-native-skia@2.14.0 @rnmapbox/maps@10.3.5 swiftui-react-native@6.3.3 node-swift@1.4.0
MIT: capacitor-live-activity@8.2.0 @shopify/flash-list@2.3.2
MIT: @react-native-async-storage/async-storage@3.1.1
Apache-2.0: @react-native-firebase/app@26.4.0 @react-native-firebase/messaging@26.4.0
Apache-2.0: @notifee/react-native@9.1.8`,
  ),
  debian('kotlin scala', `Apache-2.0: kotlin scala`),
  debian('csharp', `MIT: mono`),
  npm('csharp', `MIT: com.cysharp.unitask@2.2.5 com.neuecc.unirx@7.1.0`),
  debian('bash', `MIT: debootstrap dehydrated zsh`),
  npm('bash', `MIT: n@10.2.0 nave@3.5.6 pure-prompt@1.28.3 git-removed-branches@2.3.1 bats-mock@1.2.5`),
  debian('elixir erlang', `Apache-2.0: elixir-lang erlang`),
  debian(
    'haskell',
    `BSD-3-Clause: haskell-attoparsec haskell-brick haskell-hakyll haskell-lens haskell-servant
BSD-3-Clause: haskell-optparse-applicative haskell-servant-server haskell-scotty haskell-megaparsec
BSD-3-Clause: haskell-vector haskell-unordered-containers haskell-async haskell-diagrams-lib hlint
BSD-3-Clause: propellor haskell-tls haskell-quickcheck haskell-criterion haskell-gloss haskell-http2 happy
BSD-3-Clause: alex haskell-haddock-library haskell-snap-core haskell-snap-server haskell-pipes haskell-vty
BSD-3-Clause: haskell-foundation haskell-regex-tdfa haskell-hedgehog haskell-memory haskell-cryptonite
BSD-3-Clause: haskell-fgl haskell-websockets haskell-network haskell-hashtables haskell-trifecta
BSD-3-Clause: haskell-parsers haskell-free haskell-kan-extensions haskell-linear haskell-esqueleto
BSD-3-Clause: haskell-ghc-exactprint haskell-blaze-builder ghc
MIT: haskell-conduit haskell-persistent haskell-warp haskell-yesod-core haskell-http-client haskell-wai
MIT: haskell-wai-extra haskell-hspec-core haskell-rio haskell-path haskell-yesod-form haskell-yesod-auth
MIT: haskell-http-conduit haskell-mono-traversable haskell-classy-prelude haskell-xml-conduit agda`,
  ),
  debian('typescript javascript', `Apache-2.0: node-typescript`),
  npm(
    'typescript tsx',
    `MIT: effect@4.1.0 viem@2.57.20 ethers@6.17.0 openai@6.49.0 @anthropic-ai/sdk@1.11.0
MIT: @tanstack/query-core@5.108.0 @tanstack/table-core@9.3.1 @tanstack/router-core@1.171.39
MIT: @tanstack/react-query@5.108.0 @tanstack/form-core@4.0.2 @tanstack/virtual-core@3.19.11
MIT: @deck.gl/core@9.4.0 @deck.gl/layers@9.4.0 @luma.gl/core@9.4.2 @luma.gl/engine@9.4.2
MIT: @loaders.gl/core@4.5.4 @loaders.gl/gltf@4.5.4 @supabase/supabase-js@2.109.0 @supabase/auth-js@2.109.0
MIT: @supabase/realtime-js@2.109.0 @supabase/postgrest-js@2.109.0 @supabase/storage-js@2.109.0
MIT: @noble/curves@2.4.0 @noble/hashes@2.4.0 @solana/web3.js@2.0.0 playcanvas@2.23.3 @apollo/server@5.5.1
MIT: stripe@23.1.0 react-native-paper@5.15.3 @ionic/core@9.0.5 discord-api-types@0.38.57 fp-ts@2.16.11
MIT: io-ts@2.2.22 @chainsafe/libp2p-gossipsub@14.1.2 @pixi/core@7.4.3 @react-navigation/core@7.23.0
MIT: @react-navigation/native@7.5.0 @react-navigation/stack@7.11.2 @uirouter/core@6.1.2
MIT: @floating-ui/core@1.8.0 reactflow@11.11.4 @lexical/list@0.52.0 lexical@0.53.0 slate@0.146.0
MIT: @storybook/addon-docs@10.6.7 react-hook-form@7.92.0 @preact/signals-core@1.14.5 solid-js@1.9.19
MIT: mobx@7.1.3 mobx-react-lite@5.1.0 ts-morph@28.0.0 @mui/x-data-grid@9.14.0 type-graphql@1.1.1
MIT: @mikro-orm/core@6.6.16 kysely@0.28.18 inversify@8.2.3 vscode-jsonrpc@10.0.0 @babylonjs/loaders@9.28.0
MIT: @prosemirror-adapter/core@0.5.5 y-protocols@1.0.7 react-native-web@0.21.4 hono@4.13.19
Apache-2.0: rxjs@7.8.2 libp2p@3.3.11 @libp2p/kad-dht@16.4.5 @libp2p/utils@7.4.1 @helia/unixfs@8.0.5
Apache-2.0: @aws-sdk/lib-dynamodb@3.1162.0 @google-cloud/firestore@8.7.1 @lit-labs/ssr@4.1.0
Apache-2.0: @opentelemetry/sdk-trace-base@2.12.1 @opentelemetry/sdk-metrics@2.12.1 @cosmjs/stargate@0.39.0
BSD-3-Clause: @jupyterlab/notebook@4.6.6 @jupyterlab/services@7.6.6 @jupyterlab/cells@4.6.6
BSD-3-Clause: @jupyterlab/docregistry@4.6.6 @jupyterlab/apputils@4.7.6 @jupyterlab/completer@4.6.6
BSD-3-Clause: @jupyterlab/filebrowser@4.6.6 @jupyterlab/codeeditor@4.6.6 @jupyterlab/rendermime@4.6.6
BSD-3-Clause: @jupyterlab/application@4.6.6 @jupyterlab/debugger@4.6.4 @lumino/widgets@2.10.0
BSD-3-Clause: @lumino/datagrid@2.5.9 @lumino/algorithm@2.0.5 maplibre-gl@6.17.0 lit@3.3.3 lit-html@3.3.3`,
  ),
  npm(
    'javascript',
    `MIT: fastify@5.12.8 koa@3.3.0 eslint@10.15.0 webpack@5.112.2 sequelize@6.37.8 svelte@5.57.3 preact@11.2.0
MIT: ajv@8.20.0 mathjs@15.2.0 jsdom@29.1.1 typeorm@1.1.1 yjs@13.6.33 xstate@5.33.3 winston@3.19.0
MIT: markdown-it@15.0.3 cheerio@1.2.0 graphql@16.15.0 @babel/core@7.29.13 @babel/traverse@7.29.14
MIT: @babel/parser@7.29.14 @apollo/client@4.3.8 pino@10.4.0 mongoose@9.12.1 immer@11.2.10 ramda@0.32.0
MIT: lodash-es@4.18.1 date-fns@4.4.0 three@0.187.0 phaser@4.2.1 tone@15.5.44 prosemirror-view@1.42.9
MIT: prosemirror-model@1.25.13 prosemirror-state@1.4.4 @codemirror/view@6.43.15 @codemirror/state@6.7.6
MIT: @codemirror/autocomplete@6.20.4 pdfkit@0.20.2 mocha@12.0.3 chai@6.3.0 jest-runtime@30.5.2
MIT: jest-config@30.5.2 jest-haste-map@30.5.1 @jest/core@30.5.2 undici@7.30.2 socket.io@4.8.4
MIT: socket.io-client@4.8.4 engine.io@6.6.11 knex@3.3.0 objection@3.1.5 bull@4.16.5 bullmq@6.7.0
MIT: nodemailer@10.6.0 ws@8.23.0 sharp@0.35.5 commander@14.0.3 yargs@18.2.0 inquirer@14.2.5 ora@9.4.1
MIT: execa@9.6.1 got@14.6.6 node-fetch@3.3.2 dockerode@5.0.1 chart.js@4.6.1 @hapi/hapi@21.4.10
MIT: @hapi/joi@17.1.1 @angular/core@21.2.26 @angular/compiler@21.2.26 vue@3.5.45 @vue/runtime-core@3.5.45
MIT: @vue/compiler-sfc@3.5.45 vue-router@5.5.1 pinia@4.1.0 @nestjs/core@12.5.1 @nestjs/common@12.5.1
MIT: rollup@4.68.7 postcss@8.5.33 stylelint@17.16.0 browserify@17.0.1 mineflayer@4.25.0
MIT: prismarine-world@3.7.0 express-session@1.19.0 passport@0.7.0 multer@2.5.0 compression@1.8.2
MIT: morgan@1.12.1 helmet@8.3.0 restify@11.1.0 formidable@3.5.4 busboy@1.6.0 node-cron@4.6.0 agenda@6.2.6
MIT: polka@0.5.2
Apache-2.0: mongodb@7.8.0 discord.js@14.28.1 hls.js@1.7.4 video.js@8.24.1 shaka-player@5.2.12
Apache-2.0: @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 playwright-core@1.65.1
Apache-2.0: @cesium/engine@24.0.0 puppeteer-core@24.43.1 ol-mapbox-style@13.9.0 workbox-core@7.4.1
Apache-2.0: lighthouse@12.8.2 pdfjs-dist@5.6.205 echarts@6.1.0 log4js@6.9.1
BSD-2-Clause: leaflet@1.9.4 ol@10.11.0 uglify-js@3.19.3 terser@5.51.2 esprima@4.0.1 escodegen@2.1.0
BSD-2-Clause: eslint-scope@9.1.2
BSD-3-Clause: highlight.js@11.12.0 vega-parser@7.1.3 vega-view@6.2.0 vega-scale@8.1.3
ISC: d3-force@3.0.1 d3-scale@4.0.3 d3-selection@3.0.1 d3-geo@3.1.2 d3-hierarchy@3.1.3 d3-shape@3.2.1
ISC: d3-array@3.2.5 semver@7.8.6 pacote@21.5.3 rimraf@6.1.4`,
  ),
  debian(
    'python',
    `PSF-2.0: python3.13
BSD-3-Clause: python-django jinja2 sympy
MIT: twisted peewee setuptools rich python-h11
Apache-2.0: nova keystone neutron glance swift`,
  ),
  debian(
    'go',
    `BSD-3-Clause: golang-golang-x-net golang-golang-x-tools
BSD-2-Clause: restic golang-github-gorilla-websocket
Apache-2.0: containerd docker.io etcd caddy prometheus golang-google-grpc golang-github-go-git-go-git
Apache-2.0: nats-server golang-github-containers-buildah skopeo hugo kubernetes incus victoriametrics
Apache-2.0: libpod/bookworm
MIT: gh rclone golang-github-spf13-viper golang-github-charmbracelet-bubbletea crowdsec delve fzf
MIT: golang-github-labstack-echo
ISC: dnscrypt-proxy`,
  ),
  debian(
    'rust',
    `MIT OR Apache-2.0: rustc rust-bat
MIT: rust-fd-find
Unlicense OR MIT: rust-ripgrep
Apache-2.0: sccache`,
  ),
  debian(
    'java',
    `Apache-2.0: ant apache-log4j2 commons-io guava-libraries libcommons-collections4-java libspring-java maven
Apache-2.0: netty tomcat10 zookeeper groovy libpdfbox2-java libokhttp-java gradle httpcomponents-client
Apache-2.0: httpcomponents-core zxing
MIT: jsoup mockito bouncycastle
BSD-3-Clause: antlr4 hsqldb`,
  ),
  debian(
    'c',
    `PostgreSQL: postgresql-17
blessing: sqlite3
BSD-2-Clause: nginx libarchive memcached unbound h2o/bookworm
BSD-3-Clause: libevent openssh dpdk nsd libvpx tcl8.6 libssh2 lighttpd libzstd flac opus
MIT: libxml2 nghttp2 libwebsockets lua5.4 wlroots weston xorg-server libdrm wayland mruby jq expat c-ares
MIT: luajit jansson cjson musl dropbear quickjs libyaml
ISC: tmux libsodium opensmtpd mujs
Apache-2.0: openssl apr apache2 subversion mbedtls
Zlib: libsdl2 glfw3 libpng1.6`,
  ),
  debian(
    'cpp',
    `BSD-3-Clause: protobuf googletest re2 cmake leveldb libtorrent-rasterbar assimp i2pd mumble snappy openexr
BSL-1.0: poco catch2
MIT: yaml-cpp spdlog rapidjson capnproto gdal box2d ogre-1.12 cpp-httplib pugixml imgui godot
Apache-2.0: ninja-build rocksdb grpc znc thrift spirv-tools simdjson benchmark onetbb flatbuffers
Zlib: bullet libsfml tinyxml2`,
  ),
  debian(
    'php',
    `MIT: symfony composer doctrine php-league-commonmark php-league-flysystem phpseclib php-psr-log
BSD-3-Clause: phpunit php-twig php-parser php-codesniffer/bookworm
Apache-2.0: adminer`,
  ),
  debian(
    'ruby',
    `BSD-2-Clause: ruby3.3
BSD-3-Clause: puma
MIT: ruby-nokogiri ruby-devise/bookworm
Apache-2.0: ruby-aws-sdk`,
  ),
  debian(
    'perl r lisp fortran tcl',
    `PostgreSQL: pgbadger
BSD-2-Clause: check-postgres
MIT: r-cran-dplyr r-cran-testthat r-cran-rlang r-cran-tidyr sbcl
BSD-3-Clause: lapack
TCL: tcllib`,
  ),
  npm('solidity', `MIT: @openzeppelin/contracts@5.7.0 @openzeppelin/contracts-upgradeable@5.7.0`),
];
