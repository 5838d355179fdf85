import { render } from 'preact';
import { MatchPage } from './pages/match.tsx';
import { MatchesPage } from './pages/matches.tsx';
import { RulesPage } from './pages/rules.tsx';
import { place, watchAddress } from './route.ts';
import { Shell } from './ui/shell.tsx';

function App() {
  const shown = place.value;
  switch (shown.page) {
    case 'match':
      return (
        <Shell current="match">
          <MatchPage key={shown.id} id={shown.id} at={shown.at} viewer={shown.viewer} />
        </Shell>
      );
    case 'rules':
      return (
        <Shell current="rules">
          <RulesPage />
        </Shell>
      );
    case 'matches':
      return (
        <Shell current="matches">
          <MatchesPage />
        </Shell>
      );
  }
}

watchAddress();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
