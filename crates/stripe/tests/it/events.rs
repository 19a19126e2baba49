//! Asking for events: each is told once, oldest first, and none is skipped.

use cobro_stripe::NewEvents;

use crate::objects::{event, list};
use crate::server::{Reply, Server};

fn page(ids: impl IntoIterator<Item = u32>, has_more: bool) -> Reply {
    Reply::ok(list(ids.into_iter().map(event).collect(), has_more))
}

fn ids(news: &NewEvents) -> Vec<&str> {
    news.events.iter().map(|event| event.id.as_str()).collect()
}

#[tokio::test]
async fn pages_are_turned_round_and_followed_to_the_newest() {
    let server = Server::start([page([3, 2], true), page([5, 4], true), page([], false)]).await;
    let news = server.api().new_events(Some("evt_1")).await.unwrap();
    assert_eq!(ids(&news), ["evt_2", "evt_3", "evt_4", "evt_5"]);
    assert_eq!((news.cursor.as_deref(), news.gap), (Some("evt_5"), false));
    let cursors: Vec<bool> = server
        .received()
        .iter()
        .zip(["evt_1", "evt_3", "evt_5"])
        .map(|(request, cursor)| request.query.contains(&format!("ending_before={cursor}")))
        .collect();
    assert_eq!(cursors, [true; 3]);
}

#[tokio::test]
async fn without_a_cursor_there_is_only_a_place_to_go_on_from() {
    let server = Server::start([page([9], true)]).await;
    let news = server.api().new_events(None).await.unwrap();
    assert_eq!((ids(&news).len(), news.cursor.as_deref()), (0, Some("evt_9")));
}

#[tokio::test]
async fn the_very_first_event_of_an_account_is_not_missed() {
    let server = Server::start([page([], false), page([], false), page([2, 1], false)]).await;
    let api = server.api();
    let start = api.new_events(None).await.unwrap();
    let quiet = api.new_events(start.cursor.as_deref()).await.unwrap();
    assert_eq!((quiet.events.len(), &quiet.cursor), (0, &start.cursor));
    let news = api.new_events(quiet.cursor.as_deref()).await.unwrap();
    assert_eq!(ids(&news), ["evt_1", "evt_2"]);
    assert_eq!(news.cursor.as_deref(), Some("evt_2"));
}

#[tokio::test]
async fn a_cursor_that_stripe_has_forgotten_leaves_a_gap_that_is_said() {
    let forgotten =
        r#"{"error":{"code":"resource_missing","param":"ending_before","message":"No such event"}}"#;
    let server = Server::start([Reply::status(400, forgotten), page([40], true)]).await;
    let news = server.api().new_events(Some("evt_1")).await.unwrap();
    assert_eq!((news.cursor.as_deref(), news.gap), (Some("evt_40"), true));
}

#[tokio::test]
async fn what_came_before_a_failure_is_kept_and_the_rest_comes_next_time() {
    let server = Server::start([page([3, 2], true), Reply::status(400, "{}")]).await;
    let news = server.api().new_events(Some("evt_1")).await.unwrap();
    assert_eq!(ids(&news), ["evt_2", "evt_3"]);
    assert_eq!(news.cursor.as_deref(), Some("evt_3"));
}

#[tokio::test]
async fn a_quiet_account_costs_one_read() {
    let server = Server::start([page([], false)]).await;
    let api = server.api();
    let news = api.new_events(Some("evt_1")).await.unwrap();
    assert_eq!((news.cursor.as_deref(), api.reads()), (Some("evt_1"), 1));
}
